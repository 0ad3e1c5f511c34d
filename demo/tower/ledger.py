"""The jobs, and the verbs that change them. Every change is written through to the disk at once."""

import dataclasses
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from demo.tower import clock
from demo.tower.store import Store
from demo.tower.vault import Vault

ENDED = frozenset({"successful", "failed", "error", "canceled"})
RUNNING = frozenset({"waiting", "running"})


@dataclass
class Job:
    """A job, workflow job or workflow approval.

    `extra_vars` is masked; `sealed` holds what was masked, and credentials' passwords.
    """

    id: int
    type: str
    template: int | None
    name: str
    description: str
    created: str
    modified: str
    launch_type: str = "manual"
    created_by: int | None = None
    values: dict[str, Any] = field(default_factory=dict)
    playbook: str = ""
    credentials: list[int] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)
    instance_groups: list[int] = field(default_factory=list)
    allow_simultaneous: bool = False
    extra_vars: dict[str, Any] = field(default_factory=dict)
    sealed: str = ""
    status: str = "pending"
    started: str | None = None
    finished: str | None = None
    canceled_on: str | None = None
    job_explanation: str = ""
    result_traceback: str = ""
    job_args: str = ""
    job_cwd: str = ""
    job_env: dict[str, str] = field(default_factory=dict)
    artifacts: Any = field(default_factory=dict)
    events_done: bool = False
    host_status_counts: dict[str, int] | None = None
    play_count: int = 0
    task_count: int = 0
    hosts: list[dict[str, Any]] = field(default_factory=list)
    counter: int = 0
    lines: int = 0
    output_bytes: int = 0
    nodes: list[dict[str, Any]] = field(default_factory=list)
    workflow: int | None = None
    is_sliced: bool = False
    slice_number: int = 0
    schedule: int | None = None
    prompts: dict[str, Any] = field(default_factory=dict)  # what the launch itself brought along, secrets masked
    timeout: int = 0  # of an approval: seconds until it is denied by itself; 0: never
    timed_out: bool = False
    decided_by: int | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.status in ENDED

    @property
    def failed(self) -> bool:
        """True also for canceled jobs, as in Tower."""
        return self.status in ("failed", "error", "canceled")

    @property
    def elapsed(self) -> float:
        """Seconds of running, live until it ends."""
        return clock.seconds(self.started, self.finished)


class Ledger:
    """All jobs, in memory and on disk."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self._store, self._vault = store, vault
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.jobs: dict[int, Job] = {doc["id"]: Job(**doc) for doc in store.jobs()}
        self._last = int(store.recall("last_job") or max(self.jobs, default=0))
        self.when_ended: list[Callable[[Job], None]] = []

    def clear(self) -> None:
        """Forget all jobs: for tests."""
        with self.lock:
            self.jobs, self._last = {}, 0

    def create(self, job_type: str, secrets: dict[str, Any], **fields: Any) -> Job:
        """Take a new job into the ledger, pending. `secrets`: {"vars": {...}, "passwords": {...}}, sealed at once."""
        with self.lock:
            self._last += 1
            self._store.remember("last_job", str(self._last))
            moment = clock.now()
            sealed = self._vault.seal(secrets) if any(secrets.values()) else ""
            job = Job(self._last, job_type, created=moment, modified=moment, sealed=sealed, **fields)
            self.jobs[job.id] = job
            self.save(job)
            return job

    def save(self, job: Job) -> None:
        """Write a job through, and wake whoever waits for a change."""
        with self.lock:
            self._store.save_job(job.id, dataclasses.asdict(job))
            self.changed.notify_all()

    def delete(self, job: Job) -> None:
        """Remove an ended job."""
        with self.lock:
            del self.jobs[job.id]
            self._store.delete_job(job.id)

    def secrets(self, job: Job) -> dict[str, dict[str, Any]]:
        """What is sealed: {"vars": clear values of masked variables, "passwords": of credentials}."""
        opened = self._vault.open(job.sealed)
        return {"vars": opened.get("vars", {}), "passwords": opened.get("passwords", {})}

    def clear_vars(self, job: Job) -> dict[str, Any]:
        """The variables as the playbook gets them."""
        return job.extra_vars | self.secrets(job)["vars"]

    def assign(self, job: Job) -> None:
        """Pending -> waiting: it has a place to run. `modified` moves here, and never again."""
        with self.lock:
            job.status, job.modified, job.job_explanation = "waiting", clock.now(), ""
            self.save(job)

    def start(self, job: Job, **facts: Any) -> None:
        """-> running."""
        with self.lock:
            if job.status == "pending":
                job.modified, job.job_explanation = clock.now(), ""
            job.status, job.started = "running", clock.now()
            for name, value in facts.items():
                setattr(job, name, value)
            self.save(job)

    def add_event(self, job: Job, event: dict[str, Any]) -> None:
        """Keep one event; its text becomes part of the output."""
        with self.lock:
            has_text = event["stdout"] or event["event"] == "verbose"  # which may be an empty line
            lines = event["stdout"].count("\n") + 1 if has_text else 0
            job.counter += 1
            event |= {"counter": job.counter, "start_line": job.lines, "end_line": job.lines + lines}
            job.lines += lines
            job.output_bytes += len(event["stdout"].encode()) + 1 if lines else 0
            job.play_count += event["event"] == "playbook_on_play_start"
            job.task_count += event["event"] == "playbook_on_task_start"
            self._store.add_event(job.id, event)

    def finish(self, job: Job, status: str, **facts: Any) -> None:
        """Into an end state. A job that has ended stays as it is."""
        with self.lock:
            if job.ended:
                return
            for name, value in facts.items():
                setattr(job, name, value)
            job.status, job.finished, job.events_done = status, clock.now(), True
            self.save(job)
        for tell in self.when_ended:
            tell(job)

    def request_cancel(self, job: Job) -> None:
        """What POST cancel does: a pending job is canceled at once, a running one only asked to stop."""
        with self.lock:
            if job.ended:
                return
            job.canceled_on = clock.now()
            self.save(job)
            pending = job.status == "pending"
        if pending:
            self.finish(job, "canceled")

    def as_text(self, variables: dict[str, Any]) -> str:
        """Variables as the API shows them: JSON in a string."""
        return json.dumps(variables)
