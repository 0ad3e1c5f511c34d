"""Tower's REST API, one method per thing the portal does.

Every call has a time limit, no redirect is followed, and a list is whole or an error. Tower's behaviour as cited here
is that of AWX 24.6; its files are named where a rule comes from one.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from portal.tower import answers, discovery
from portal.tower.auth import SignIn
from portal.tower.errors import Rejected, Uncertain, Unreachable
from portal.tower.generations import Generation
from portal.tower.line import Line
from portal.tower.objects import LISTS, ObjectRecord
from portal.tower.records import (
    Account,
    Changes,
    HostSummary,
    Identity,
    JobRecord,
    Launched,
    OutputPiece,
    RelaunchForm,
    TemplateRecord,
    failure_message,
)
from portal.tower.shapes import mapping, mappings, path_of, record, timestamp, with_query
from portal.tower.shapes import rows as rows_of
from portal.tower.workflowcalls import WorkflowCalls

PAGE = 200  # Tower caps page_size there without a word (api/pagination.py)
_KINDS = {"job_template": "job_templates", "workflow_job_template": "workflow_job_templates"}
_MAX_PAGES = 500


def _later(since: datetime, *names: str) -> dict[str, str]:
    return {f"or__{name}__gt": timestamp(since) for name in names}


class Tower(WorkflowCalls):
    """One Tower and one account there. All times in seconds. Use one instance per thread."""

    def __init__(
        self,
        url: str,
        auth: SignIn,
        *,
        base: str = "",
        generation: Generation | None = None,
        verify: bool | str = True,
        connect_timeout: float = 5.0,
        read_timeout: float = 15.0,
        launch_timeout: float = 60.0,
    ) -> None:
        self._line = Line(url, auth, verify=verify, connect_timeout=connect_timeout, read_timeout=read_timeout)
        self._line.generation = generation or (Generation.AAP if base.startswith("/api/controller/") else None)
        self._base = base
        self._launch_timeout = launch_timeout
        self._has_canceled_on = True

    def __repr__(self) -> str:
        return f"Tower({self._line})"

    @property
    def clock(self) -> datetime:
        """Tower's clock in its last answer to a GET; ours until it has answered."""
        return self._line.clock

    def close(self) -> None:
        self._line.close()

    @property
    def base(self) -> str:
        """Where the API is, such as /api/v2/; asked for once if not known."""
        return self._base or self.identify().base

    def identify(self) -> Identity:
        """Find the API and say which Tower it is. Needs no account."""
        identity = discovery.discover(self._line)
        self._base, self._line.generation = identity.base, identity.generation
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
        return [self._template(row) for row in self._pages("unified_job_templates/", query)]

    def _template(self, row: dict[str, Any]) -> TemplateRecord:
        found = record(TemplateRecord, row)
        tells = "user_capabilities" in mapping(row.get("summary_fields") or {})
        return found if tells or not self._is_old else replace(found, can_start=True)  # Tower 3.0 does not tell

    def may_use_any(self, kind: str) -> bool:
        """Whether there are inventories, or credentials, that our account may hand to a launch (role Use)."""
        query = {"role_level": "use_role", "page_size": 1}
        return bool(rows_of(self._ask(with_query(f"{kind}/", query))))

    def survey(self, kind: str, template_id: int) -> list[dict[str, Any]]:
        """The questions; none if there is no survey. Readable while the survey is switched off."""
        body = mapping(self._ask(f"{_KINDS[kind]}/{template_id}/survey_spec/"))
        return mappings(body.get("spec", []))

    def launch_form(self, kind: str, template_id: int) -> dict[str, Any]:
        """What Tower needs to start it: the prompts, their defaults, required variables and passwords."""
        return mapping(self._ask(f"{_KINDS[kind]}/{template_id}/launch/"))

    def objects(self, kind: str) -> list[ObjectRecord]:
        """Those of a kind (`objects.LISTS`) that our account may bring along to a launch.

        A Tower whose objects of this kind have no roles refuses to filter by them; it shows what may be used.
        """
        path, role = LISTS[kind]
        query = {"order_by": "id", "page_size": PAGE}
        try:
            found = self._pages(path, query | ({"role_level": role} if role else {}))
        except Rejected:
            found = self._pages(path, query)
        return [record(ObjectRecord, row) for row in found]

    def launch(self, kind: str, template_id: int, body: dict[str, Any]) -> Launched:
        """Start a job, once: on a connection of its own and never repeated. Demands 201 with the job's id.

        Raises Unreachable (safe to repeat), Uncertain (look for the job first), Rejected, Denied, Gone.
        """
        try:
            base = self.base
        except Uncertain as trouble:
            raise Unreachable(str(trouble)) from None
        content = self._as_launched(body)
        answer = self._line.post(f"{base}{_KINDS[kind]}/{template_id}/launch/", content, self._launch_timeout)
        data = mapping(answers.read(answer, wanted=201))
        job = record(JobRecord, data)
        ignored = data.get("ignored_fields")
        return Launched(job, ignored if isinstance(ignored, dict) else {})

    def _as_launched(self, body: dict[str, Any]) -> bytes:
        """Tower 3.0 to 3.2 wants the variables as a JSON string."""
        try:
            if self._is_old and isinstance(body.get("extra_vars"), dict):
                body = body | {"extra_vars": json.dumps(body["extra_vars"], allow_nan=False)}
            return json.dumps(body, allow_nan=False).encode()
        except ValueError:
            raise Rejected("The answers cannot be written as JSON.", {"detail": ["A number is not finite."]}) from None

    @property
    def _is_old(self) -> bool:
        return self._line.generation is Generation.OLD

    def changes(self, ids: Sequence[int], since: datetime | None) -> Changes:
        """Those of up to 200 jobs that changed since a moment of Tower's clock, or all of them.

        `modified` moves when a job starts and not when it ends, hence three terms (measured on AWX 24.6). Ids that are
        gone or not permitted are left out without a word.
        """
        if not 1 <= len(ids) <= PAGE:
            raise ValueError(f"1 to {PAGE} ids, not {len(ids)}")
        query = {"id__in": ",".join(map(str, ids)), "order_by": "id", "page_size": PAGE}
        base = self.base
        if not self._is_old:
            query["count_disabled"] = 1  # a field that nobody knows before 3.3 (api/filters.py, RESERVED_NAMES)
        if since is None:
            return self._changes(base, query)
        if self._has_canceled_on:
            try:
                return self._changes(base, query | _later(since, "modified", "finished", "canceled_on"))
            except Rejected:
                self._has_canceled_on = False  # an older Tower; there `finished` tells of canceled jobs, when they end
        return self._changes(base, query | _later(since, "modified", "finished"))

    def _changes(self, base: str, query: dict[str, Any]) -> Changes:
        answer = self._line.get(base + with_query("unified_jobs/", query))
        rows = rows_of(answers.read(answer))
        return Changes([record(JobRecord, row) for row in rows], answers.date(answer))

    def jobs_of(
        self, template_id: int, created_by: int, since: datetime, *, launch_type: str = "manual"
    ) -> list[JobRecord]:
        """The jobs that an account launched from a template since a moment of Tower's clock, oldest first.

        `launch_type`: "manual", or "relaunch", which Tower tells apart.
        """
        query = {
            "unified_job_template": template_id,
            "created_by": created_by,
            "launch_type": launch_type,
            "created__gte": timestamp(since),
            "order_by": "id",
            "page_size": PAGE,
        }
        return [record(JobRecord, row) for row in self._pages("unified_jobs/", query)]

    def job(self, url: str) -> JobRecord:
        """One job, whole. `url` is the record's own: /unified_jobs/N/ does not exist."""
        return record(JobRecord, mapping(answers.read(self._line.get(path_of(url)))))

    def job_url(self, kind: str, job_id: int) -> str:
        """The address of a job by its type, "job" or "workflow_job"."""
        return f"{self.base}{kind}s/{job_id}/"

    def failures(self, job_url: str) -> list[str]:
        """What failed tasks said, the first five, as their modules worded it; ignored failures are left out."""
        query = {"event": "runner_on_failed", "failed": "true", "order_by": "counter", "page_size": 5}
        rows = rows_of(answers.read(self._line.get(with_query(f"{path_of(job_url)}job_events/", query))))
        return [message for row in rows if (message := failure_message(row))]

    def output(self, job_url: str, from_line: int) -> OutputPiece:
        """The output from a line on, counted from 0. Only `jobs` have one; workflow jobs answer 404."""
        query = {"format": "json", "start_line": from_line}
        return OutputPiece.from_json(
            mapping(answers.read(self._line.get(with_query(f"{path_of(job_url)}stdout/", query))))
        )

    def host_summaries(self, job_url: str) -> list[HostSummary]:
        """The outcome for each host; empty until the job has ended."""
        path = with_query(f"{path_of(job_url)}job_host_summaries/", {"order_by": "id", "page_size": PAGE})
        return [HostSummary.from_json(row) for row in self._all(path)]

    def cancel(self, job_url: str) -> None:
        """Ask for a job to be canceled. 202 is a promise: it may still end otherwise.

        A job that has ended answers 403 to ordinary accounts (Denied), 405 to superusers (Rejected): read it again.
        """
        answers.check(self._line.post(f"{path_of(job_url)}cancel/", b"{}"), wanted=202)

    @property
    def tells_relaunches(self) -> bool:
        """Whether a relaunch is told from a launch in lists, and can be on failed hosts: since Tower 3.3."""
        return not self._is_old

    def relaunch_form(self, job_url: str) -> RelaunchForm:
        """What a relaunch takes, and on how many hosts it would run. Workflow jobs tell nothing."""
        return RelaunchForm.from_json(mapping(answers.read(self._line.get(f"{path_of(job_url)}relaunch/"))))

    def relaunch(self, job_url: str, hosts: str) -> Launched:
        """Run an ended job again with the same prompts, once: never repeated. `hosts`: "all" or "failed".

        Raises Unreachable (safe to repeat), Uncertain (look for the job first), Rejected, Denied, Gone.
        """
        path = path_of(job_url)
        body = {} if "/workflow_jobs/" in path else {"hosts": hosts}
        answer = self._line.post(f"{path}relaunch/", json.dumps(body).encode(), self._launch_timeout)
        return Launched(record(JobRecord, mapping(answers.read(answer, wanted=201))), {})

    # The wire ---------------------------------------------------------------------------------------------------------

    def _ask(self, path: str) -> Any:
        return answers.read(self._line.get(self.base + path))

    def _pages(self, path: str, query: dict[str, Any]) -> list[dict[str, Any]]:
        return list(self._all(self.base + with_query(path, query)))

    def _all(self, path: str) -> Iterator[dict[str, Any]]:
        """The rows of all pages. Raises Uncertain if the list changed while it was read, since a row may have slipped
        from one page to another.
        """
        seen, counts = 0, []
        for _ in range(_MAX_PAGES):
            page = mapping(answers.read(self._line.get(path)))
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
