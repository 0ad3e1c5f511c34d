"""The client's part for workflows: their nodes, and the decisions on their approvals."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any

from portal.tower import answers
from portal.tower.errors import Uncertain, Unreachable
from portal.tower.line import Line
from portal.tower.shapes import mapping, path_of, record, with_query
from portal.tower.workflows import ApprovalRecord, NodeRecord

PAGE = 200  # Tower's largest


class WorkflowCalls(ABC):
    """What `Tower` asks of workflows, with its own way to ask."""

    _line: Line

    @property
    @abstractmethod
    def base(self) -> str: ...

    @abstractmethod
    def _ask(self, path: str) -> Any: ...

    @abstractmethod
    def _all(self, path: str) -> Iterator[dict[str, Any]]: ...

    def workflow_nodes(self, job_url: str) -> list[NodeRecord]:
        """Every node of a workflow job, in the order in which they were made: one request for up to 200."""
        path = with_query(f"{path_of(job_url)}workflow_nodes/", {"order_by": "id", "page_size": PAGE})
        return [record(NodeRecord, row) for row in self._all(path)]

    def pending_approvals(self, ids: Sequence[int]) -> list[ApprovalRecord]:
        """Those of these approvals that wait for a decision: one request for up to 200.

        Lists of jobs have no approvals in them (AC: UnifiedJobAccess).
        """
        known = ",".join(map(str, ids))
        query = {"status": "pending", "id__in": known, "order_by": "id", "page_size": PAGE}
        return [record(ApprovalRecord, row) for row in self._all(self.base + with_query("workflow_approvals/", query))]

    def approval(self, approval_id: int) -> ApprovalRecord:
        """One approval, and who decided it."""
        return record(ApprovalRecord, mapping(self._ask(f"workflow_approvals/{approval_id}/")))

    def approve(self, approval_id: int) -> None:
        """Approve, once; see `deny`."""
        self._decide(approval_id, "approve")

    def deny(self, approval_id: int) -> None:
        """Deny, once: never repeated by itself.

        What was decided already, and an id that does not exist, are Rejected (400); without the approval role it is
        Denied. Raises also Unreachable (safe to repeat) and Uncertain (read the approval first).
        """
        self._decide(approval_id, "deny")

    def _decide(self, approval_id: int, how: str) -> None:
        try:
            base = self.base
        except Uncertain as trouble:
            raise Unreachable(str(trouble)) from None
        path = f"{base}workflow_approvals/{approval_id}/{how}/"
        answers.check(self._line.post(path, b"{}"), wanted=204)
