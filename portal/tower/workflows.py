"""What Tower tells us of a workflow: its nodes, and the approvals that wait in it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from portal.tower.records import _dict, _id, _int, _text, _time


@dataclass(frozen=True)
class NodeRecord:
    """A node of a workflow job. Until its turn comes it has no job: `job_id` is None and `status` is empty."""

    id: int
    identifier: str
    name: str
    kind: str  # "job", "workflow_job", "workflow_approval", "project_update", …
    job_id: int | None
    status: str
    elapsed: float  # seconds
    timed_out: bool
    do_not_run: bool
    success: tuple[int, ...]
    failure: tuple[int, ...]
    always: tuple[int, ...]

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Raises KeyError, TypeError or ValueError if it has no id."""
        summary = _dict(data.get("summary_fields"))
        job, template = _dict(summary.get("job")), _dict(summary.get("unified_job_template"))
        elapsed = job.get("elapsed")
        return cls(
            id=_id(data["id"]),
            identifier=_text(data.get("identifier")),
            name=_text(template.get("name") or job.get("name")),
            kind=_text(job.get("type") or template.get("unified_job_type")),
            job_id=_int(data.get("job")),
            status=_text(job.get("status")),
            elapsed=float(elapsed) if isinstance(elapsed, int | float) else 0.0,
            timed_out=job.get("timed_out") is True,
            do_not_run=data.get("do_not_run") is True,
            success=_ids(data.get("success_nodes")),
            failure=_ids(data.get("failure_nodes")),
            always=_ids(data.get("always_nodes")),
        )


@dataclass(frozen=True)
class ApprovalRecord:
    """An approval. Approved it is `successful`; denied or timed out, `failed`."""

    id: int
    name: str
    workflow_id: int | None
    status: str
    can_decide: bool
    started: datetime | None
    finished: datetime | None
    expires: datetime | None
    timed_out: bool
    decided_by_id: int | None
    decided_by: str

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Raises KeyError, TypeError or ValueError if it has no id."""
        summary = _dict(data.get("summary_fields"))
        decider = _dict(summary.get("approved_or_denied_by"))
        return cls(
            id=_id(data["id"]),
            name=_text(data.get("name")),
            workflow_id=_int(_dict(summary.get("workflow_job")).get("id")),
            status=_text(data.get("status")),
            can_decide=data.get("can_approve_or_deny") is True,
            started=_time(data.get("started")),
            finished=_time(data.get("finished")),
            expires=_time(data.get("approval_expiration")),
            timed_out=data.get("timed_out") is True,
            decided_by_id=_int(decider.get("id")),
            decided_by=_text(decider.get("username")),
        )


def _ids(value: Any) -> tuple[int, ...]:
    return tuple(one for one in value if _int(one)) if isinstance(value, list) else ()
