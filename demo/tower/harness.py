"""A Tower for tests: the real server in a thread, with jobs that stay pending until the test says otherwise."""

import tempfile
import threading
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from werkzeug.wrappers import Request

from demo.tower import approvals, catalogfile, playing, surveyspecs, ticker
from demo.tower.app import Application
from demo.tower.faults import Fault, Faults
from demo.tower.generation import ANY, GENERATIONS
from demo.tower.grants import Grants
from demo.tower.ledger import Job
from demo.tower.server import Server
from demo.tower.state import Tower

SMALL = Path(__file__).with_name("small.yml")
SERVICE = "portal-svc"


class TowerHarness:
    """Starts with the catalog small.yml. `portal-svc` may run all of it but "Not for the portal"."""

    def __init__(self, catalog: Path = SMALL) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="demo-tower-")
        self._catalog = catalog
        self._lock = threading.Lock()
        self.tower = Tower(Path(self._folder.name) / "data", catalog)
        self.faults = Faults(Application(self.tower))
        self.server = Server(self._note_and_answer)
        self.requests: list[tuple[str, str]] = []
        self._received: dict[int, dict[str, Any]] = {}
        self.tower.launched.append(self._keep_received)
        self._hear_ends()
        self.server.up()
        self._make_tokens()

    def _note_and_answer(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        query = request.query_string.decode()
        with self._lock:
            self.requests.append((request.method, request.path + (f"?{query}" if query else "")))
        return self.faults(environ, start_response)

    def _keep_received(self, job: Job, received: dict[str, Any]) -> None:
        self._received[job.id] = received

    def _hear_ends(self) -> None:
        self.tower.ledger.when_ended.append(lambda job: playing.after(self.tower, job))

    def _make_tokens(self) -> None:
        accounts = self.tower.accounts
        self.password = "portal-svc password"
        for name in (SERVICE, "admin", "portal-other"):
            if any(account.username == name for account in accounts.by_id.values()):
                accounts.set_password(name, self.password)
        self.client_id, self.client_secret = "portal application", "s3cret+of/the application"
        self.grants.register(self.client_id, self.client_secret)
        service = accounts.named(SERVICE)
        _, self.token = accounts.issue(service, scope="write", description="portal")
        _, self.read_token = accounts.issue(service, scope="read", description="read only")
        _, self.admin_token = accounts.issue(accounts.named("admin"), scope="write", description="admin")

    @property
    def url(self) -> str:
        """Where it listens."""
        return self.server.url

    def reset(self, catalog: Path | None = None) -> None:
        """As if just made: no jobs, no faults, new tokens, listening; the catalog given, or the first one."""
        self.faults.settle()
        self.server.up()
        self.tower.become(ANY)
        self.tower.reset(catalog or self._catalog)
        self._received.clear()
        self._make_tokens()
        self.clear_requests()

    def load(self, catalog: Path) -> None:
        """Start over with another catalog, such as the demo's own."""
        self.reset(catalog)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop, and remove what is on the disk."""
        self.faults.settle()
        self.server.down()
        self.tower.close()
        self._folder.cleanup()

    def clear_requests(self) -> None:
        """Forget the requests seen so far."""
        with self._lock:
            self.requests.clear()

    # Templates

    def templates(self) -> list[dict[str, Any]]:
        """All templates: id, kind, name."""
        found = self.tower.world.templates.values()
        return [{"id": one.id, "kind": one.kind, "name": one.name} for one in found]

    def template(self, name: str) -> dict[str, Any]:
        """One template by its name. Raises KeyError."""
        found = self.tower.world.template_named(name)
        return {"id": found.id, "kind": found.kind, "name": found.name}

    def add_template(self, name: str, survey: list[dict[str, Any]] | None = None, **fields: Any) -> int:
        """Add a template that the service account may run; `fields` as in a catalog file, and `kind`."""
        kind, hidden = fields.pop("kind", "job_template"), fields.pop("hidden", False)
        world = self.tower.world
        if kind == "job_template":
            fields.setdefault("inventory", next(iter(world.inventories.values())).name)
        template = catalogfile.add_template(world, self.tower.store, kind, {"name": name, **fields})
        if survey is not None:
            self.set_survey(template.id, survey)
        service = self.tower.accounts.named(SERVICE)
        if service.execute is not None and not hidden:
            service.execute.add(name)
        return template.id

    def set_survey(self, pk: int, spec: list[dict[str, Any]]) -> None:
        """Give a template a survey, or another one; [] takes it away. Raises surveyspecs.Unusable."""
        template = self.tower.world.templates[pk]
        template.survey_enabled = bool(spec)
        template.survey = surveyspecs.accept({"name": "", "description": "", "spec": spec}, {}) if spec else {}

    def remove_template(self, pk: int) -> None:
        """Delete a template; its jobs stay, out of the service account's sight."""
        del self.tower.world.templates[pk]

    # Jobs

    @property
    def jobs(self) -> list[dict[str, Any]]:
        """All jobs, oldest first. `extra_vars`: as received, in clear; `job_extra_vars`: as the playbook gets them."""
        ledger = self.tower.ledger
        with ledger.lock:
            return [
                {"id": job.id, "type": job.type, "status": job.status, "template": job.template, "name": job.name,
                 "extra_vars": self._received.get(job.id, {}), "job_extra_vars": ledger.clear_vars(job),
                 "launch_type": job.launch_type, "canceled_on": job.canceled_on, "workflow": job.workflow,
                 "passwords": ledger.secrets(job)["passwords"], "credentials": list(job.credentials), **job.values}
                for job in ledger.jobs.values()
            ]  # fmt: skip

    def _job(self, pk: int) -> Job:
        return self.tower.ledger.jobs[pk]

    def start(self, pk: int) -> None:
        """Let a job run. A workflow's first jobs appear, pending."""
        playing.start(self.tower, self._job(pk))

    def write(self, pk: int, text: str) -> None:
        """Append to the output of a job that runs; each line is an event."""
        playing.write(self.tower, self._job(pk), text)

    def finish(
        self, pk: int, status: str = "successful", *, stdout: str = "", artifacts: dict[str, Any] | None = None,
        hosts: list[str | dict[str, Any]] | None = None, explanation: str = "",
    ) -> None:  # fmt: skip
        """End a job. A host is a name, or {"name", "ok", "changed", "failures", "dark", "skipped", …}."""
        job = self._job(pk)
        if stdout:
            self.write(pk, stdout)
        summaries = [playing.host_summary(job, one) for one in hosts or []]
        facts: dict[str, Any] = {"artifacts": artifacts or {}, "hosts": summaries, "job_explanation": explanation}
        playing.finish(self.tower, job, status, **facts)

    def say_failed(self, pk: int, message: str, host: str = "leaf-101") -> None:
        """A task of a running job fails on a host, and its module says so."""
        data = {"res": {"msg": message, "failed": True}, "host": host, "task": "Check", "ignore_errors": None}
        line = f'fatal: [{host}]: FAILED! => {{"changed": false, "msg": "{message}"}}'
        job = self._job(pk)
        self.tower.ledger.add_event(
            job, playing.event("runner_on_failed", line, event_data=data, failed=True, host_name=host)
        )
        self.tower.ledger.save(job)

    def approvals(self) -> list[int]:
        """The ids of the approvals that wait for a decision."""
        return [job.id for job in approvals.waiting(self.tower)]

    def decide(self, pk: int, *, approve: bool, by: str = "admin") -> None:
        """Somebody decides an approval in Tower."""
        approvals.decide(self.tower, self._job(pk), approve=approve, by=self.tower.accounts.named(by).id)

    def time_out(self, pk: int) -> None:
        """Nobody decided an approval in time."""
        approvals.time_out(self.tower, self._job(pk))

    def tick(self, now: datetime) -> list[int]:
        """Let the schedules believe that it is now so late. The ids of the jobs that they launch."""
        return [job.id for job in ticker.tick(self.tower, now)]

    def delete_job(self, pk: int) -> None:
        """An administrator deletes a job."""
        with self.tower.ledger.lock:
            del self.tower.ledger.jobs[pk]

    # Trouble

    def fault(self, kind: str, on: str = "launch", times: int = 1, **options: Any) -> Fault:
        """Ask for trouble: see `faults`."""
        return self.faults.add(kind, on, times, **options)

    def clear_faults(self) -> None:
        """No more trouble."""
        self.faults.clear()

    def down(self) -> None:
        """Go away: nothing listens any more, and what hung is lost."""
        self.faults.drop_held()
        self.server.down()

    def up(self) -> None:
        """Come back on the same port."""
        self.server.up()

    def hang(self, *, forget: bool = False) -> None:
        """Accept connections and answer none until `unhang`. `forget`: then drop requests whose client has gone."""
        self.faults.hang(forget=forget)

    def unhang(self) -> None:
        """Answer again, what waits first."""
        self.faults.wake()

    def serve_only(self, base: str) -> None:
        """Answer under /api or /api/controller only."""
        self.tower.bases = (base,)

    # Generations and sign-in

    def become(self, name: str) -> None:
        """Play "awx", "aap" or "tower-3.2" (Tower 3.0 to 3.2) until the next reset. Jobs and tokens stay."""
        self.tower.become(GENERATIONS[name])

    @property
    def grants(self) -> Grants:
        """Tokens with an end: how long they last, how many were given, and how they end early."""
        return self.tower.grants

    def revoke_tokens(self) -> None:
        """No token is good any more; `grants` may make new ones."""
        self.tower.accounts.revoke_all()

    def change_password(self, password: str) -> None:
        """The service account has another password from now on."""
        self.password = password
        self.tower.accounts.set_password(SERVICE, password)
