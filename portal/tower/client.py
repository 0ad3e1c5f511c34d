"""Tower's REST API, one method per thing the portal does.

Every call has a time limit, no redirect is followed, and a list is whole or an error. Tower's behaviour as cited here
is that of AWX 24.6; its files are named where a rule comes from one.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from requests.auth import AuthBase

from portal.tower import answers, discovery
from portal.tower.causes import words_for
from portal.tower.errors import Rejected, Uncertain, Unreachable
from portal.tower.records import (
    Account,
    Changes,
    HostSummary,
    Identity,
    JobRecord,
    Launched,
    OutputPiece,
    TemplateRecord,
    failure_message,
)
from portal.tower.shapes import mapping, mappings, path_of, record, timestamp, with_query
from portal.tower.shapes import rows as rows_of
from portal.tower.wire import Answer, NotSent, Wire
from portal.tower.workflows import ApprovalRecord, NodeRecord

PAGE = 200  # Tower caps page_size there without a word (api/pagination.py)
_KINDS = {"job_template": "job_templates", "workflow_job_template": "workflow_job_templates"}
_MAX_PAGES = 500


class Tower:
    """One Tower and one account there. All times in seconds. Use one instance per thread."""

    def __init__(
        self,
        url: str,
        auth: AuthBase,
        *,
        base: str = "",
        verify: bool | str = True,
        connect_timeout: float = 5.0,
        read_timeout: float = 15.0,
        launch_timeout: float = 60.0,
    ) -> None:
        parts = urlsplit(url)
        self._root = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        self._prefix = parts.path.rstrip("/")
        self._base = base
        self._read_timeout, self._launch_timeout = read_timeout, launch_timeout
        self._wire = Wire(auth, verify=verify, connect_timeout=connect_timeout)
        self.clock = datetime.now(UTC)
        """Tower's clock in its last answer to a GET; ours until it has answered."""

    def __repr__(self) -> str:
        return f"Tower({self._root}{self._prefix})"

    def close(self) -> None:
        self._wire.close()

    @property
    def base(self) -> str:
        """Where the API is, such as /api/v2/; asked for once if not known."""
        return self._base or self.identify().base

    def identify(self) -> Identity:
        """Find the API and say which Tower it is. Needs no account."""
        identity = discovery.discover(self)
        self._base = identity.base
        return identity

    def me(self) -> Account:
        """Our account; the cheapest test of a token."""
        rows = rows_of(self._ask("me/"))
        try:
            return Account.from_json(rows[0])
        except (IndexError, KeyError, TypeError, ValueError):
            raise Uncertain("Tower does not say who we are.") from None

    def templates(self) -> list[TemplateRecord]:
        """Every job and workflow job template that our account may see."""
        query = {"type": "job_template,workflow_job_template", "order_by": "id", "page_size": PAGE}
        return [record(TemplateRecord, row) for row in self._pages("unified_job_templates/", query)]

    def survey(self, kind: str, template_id: int) -> list[dict[str, Any]]:
        """The questions; none if there is no survey. Readable while the survey is switched off."""
        body = mapping(self._ask(f"{_KINDS[kind]}/{template_id}/survey_spec/"))
        return mappings(body.get("spec", []))

    def launch_form(self, kind: str, template_id: int) -> dict[str, Any]:
        """What Tower needs to start it: the prompts, their defaults, required variables and passwords."""
        return mapping(self._ask(f"{_KINDS[kind]}/{template_id}/launch/"))

    def launch(self, kind: str, template_id: int, body: dict[str, Any]) -> Launched:
        """Start a job, once: on a connection of its own and never repeated. Demands 201 with the job's id.

        Raises Unreachable (safe to repeat), Uncertain (look for the job first), Rejected, Denied, Gone.
        """
        try:
            content = json.dumps(body, allow_nan=False).encode()
        except ValueError:
            raise Rejected("The answers cannot be written as JSON.", {"detail": ["A number is not finite."]}) from None
        try:
            base = self.base
        except Uncertain as trouble:
            raise Unreachable(str(trouble)) from None
        answer = self._post(f"{base}{_KINDS[kind]}/{template_id}/launch/", content, self._launch_timeout)
        data = mapping(answers.read(answer, wanted=201))
        job = record(JobRecord, data)
        ignored = data.get("ignored_fields")
        return Launched(job, ignored if isinstance(ignored, dict) else {})

    def changes(self, ids: Sequence[int], since: datetime | None) -> Changes:
        """Those of up to 200 jobs that changed since a moment of Tower's clock, or all of them.

        `modified` moves when a job starts and not when it ends, hence three terms (measured on AWX 24.6). Ids that are
        gone or not permitted are left out without a word.
        """
        if not 1 <= len(ids) <= PAGE:
            raise ValueError(f"1 to {PAGE} ids, not {len(ids)}")
        query = {"id__in": ",".join(map(str, ids)), "order_by": "id", "page_size": PAGE, "count_disabled": 1}
        if since:
            query |= {f"or__{name}__gt": timestamp(since) for name in ("modified", "finished", "canceled_on")}
        answer = self._get(self.base + with_query("unified_jobs/", query))
        rows = rows_of(answers.read(answer))
        return Changes([record(JobRecord, row) for row in rows], answers.date(answer))

    def jobs_of(self, template_id: int, created_by: int, since: datetime) -> list[JobRecord]:
        """The jobs that an account launched from a template since a moment of Tower's clock, oldest first."""
        query = {
            "unified_job_template": template_id,
            "created_by": created_by,
            "launch_type": "manual",
            "created__gte": timestamp(since),
            "order_by": "id",
            "page_size": PAGE,
        }
        return [record(JobRecord, row) for row in self._pages("unified_jobs/", query)]

    def job(self, url: str) -> JobRecord:
        """One job, whole. `url` is the record's own: /unified_jobs/N/ does not exist."""
        return record(JobRecord, mapping(answers.read(self._get(path_of(url)))))

    def job_url(self, kind: str, job_id: int) -> str:
        """The address of a job by its type, "job" or "workflow_job"."""
        return f"{self.base}{kind}s/{job_id}/"

    def failures(self, job_url: str) -> list[str]:
        """What failed tasks said, the first five, as their modules worded it; ignored failures are left out."""
        query = {"event": "runner_on_failed", "failed": "true", "order_by": "counter", "page_size": 5}
        rows = rows_of(answers.read(self._get(with_query(f"{path_of(job_url)}job_events/", query))))
        return [message for row in rows if (message := failure_message(row))]

    def output(self, job_url: str, from_line: int) -> OutputPiece:
        """The output from a line on, counted from 0. Only `jobs` have one; workflow jobs answer 404."""
        query = {"format": "json", "start_line": from_line}
        return OutputPiece.from_json(mapping(answers.read(self._get(with_query(f"{path_of(job_url)}stdout/", query)))))

    def host_summaries(self, job_url: str) -> list[HostSummary]:
        """The outcome for each host; empty until the job has ended."""
        path = with_query(f"{path_of(job_url)}job_host_summaries/", {"order_by": "id", "page_size": PAGE})
        return [HostSummary.from_json(row) for row in self._all(path)]

    def cancel(self, job_url: str) -> None:
        """Ask for a job to be canceled. 202 is a promise: it may still end otherwise.

        A job that has ended answers 403 to ordinary accounts (Denied), 405 to superusers (Rejected): read it again.
        """
        answers.check(self._post(f"{path_of(job_url)}cancel/", b"{}", self._read_timeout), wanted=202)

    # Workflows --------------------------------------------------------------------------------------------------------

    def workflow_nodes(self, job_url: str) -> list[NodeRecord]:
        """Every node of a workflow job, in the order in which they were made: one request for up to 200."""
        path = with_query(f"{path_of(job_url)}workflow_nodes/", {"order_by": "id", "page_size": PAGE})
        return [record(NodeRecord, row) for row in self._all(path)]

    def pending_approvals(self) -> list[ApprovalRecord]:
        """The approvals that wait for a decision, of all workflows that our account may see.

        Lists of jobs have no approvals in them (AC: UnifiedJobAccess).
        """
        query = {"status": "pending", "order_by": "id", "page_size": PAGE}
        return [record(ApprovalRecord, row) for row in self._pages("workflow_approvals/", query)]

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
        answers.check(self._post(path, b"{}", self._read_timeout), wanted=204)

    # The wire ---------------------------------------------------------------------------------------------------------

    def get(self, path: str) -> Answer:
        """The answer to a GET of a path, whatever its status. Raises Unreachable, Uncertain."""
        try:
            answer = self._wire.get(self._url(path), timeout=self._read_timeout)
        except NotSent as failure:
            sentence = words_for(failure.cause)
        else:
            self.clock = answers.date(answer)
            return answer
        raise Unreachable(sentence)

    _get = get

    def _post(self, path: str, body: bytes, timeout: float) -> Answer:
        try:
            return self._wire.post(self._url(path), body, timeout=timeout)
        except NotSent as failure:
            sentence = words_for(failure.cause)
        raise Unreachable(sentence)

    def _ask(self, path: str) -> Any:
        return answers.read(self._get(self.base + path))

    def _pages(self, path: str, query: dict[str, Any]) -> list[dict[str, Any]]:
        return list(self._all(self.base + with_query(path, query)))

    def _all(self, path: str) -> Iterator[dict[str, Any]]:
        """The rows of all pages. Raises Uncertain if the list changed while it was read, since a row may have slipped
        from one page to another.
        """
        seen, counts = 0, []
        for _ in range(_MAX_PAGES):
            page = mapping(answers.read(self._get(path)))
            found = rows_of(page)
            yield from found
            seen += len(found)
            counts.append(page.get("count"))
            if not page.get("next"):
                break
            path = path_of(str(page["next"]))
        else:
            raise Uncertain("Tower's list does not end.")
        if any(count not in (None, seen) for count in counts):
            raise Uncertain("Tower's list changed while it was read.")

    def _url(self, path: str) -> str:
        prefix = "" if path.startswith(f"{self._prefix}/") else self._prefix
        return self._root + prefix + path
