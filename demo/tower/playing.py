"""The steps of a job without a playbook: what the harness plays, with the same verbs that the runner uses."""

import uuid
from typing import Any

from demo.tower import clock, workflows
from demo.tower.ledger import Job
from demo.tower.state import Tower

COUNTS = ("skipped", "ok", "changed", "failures", "dark")


def event(kind: str, stdout: str = "", **fields: Any) -> dict[str, Any]:
    """An event as it is kept."""
    shape: dict[str, Any] = {"event": kind, "stdout": stdout, "event_data": {}, "failed": False, "changed": False}
    shape |= {"uuid": str(uuid.uuid4()), "parent_uuid": "", "created": clock.now()}
    return shape | dict.fromkeys(("host_name", "playbook", "play", "task", "role"), "") | fields


def start(tower: Tower, job: Job) -> None:
    """Pending -> running, as far as it still pends."""
    if job.status not in ("pending", "waiting"):
        return
    if job.type == "job" and job.status == "pending":
        tower.ledger.assign(job)
    tower.ledger.start(job)
    if job.type == "workflow_job":
        workflows.advance(tower, job)


def write(tower: Tower, job: Job, text: str) -> None:
    """Append lines to the output."""
    for line in text.removesuffix("\n").split("\n"):
        tower.ledger.add_event(job, event("verbose", line))
    tower.ledger.save(job)


def finish(tower: Tower, job: Job, status: str, **facts: Any) -> None:
    """End a job; one that has not started yet is started first, unless it is canceled."""
    if job.started is None and status != "canceled":
        start(tower, job)
    if facts.get("hosts"):
        facts["host_status_counts"] = bucket_counts(facts["hosts"])
    tower.ledger.finish(job, status, **facts)


def after(tower: Tower, job: Job) -> None:
    """What follows a job's end: the inventory knows its failed hosts, and its workflow goes on."""
    inventory = tower.world.inventories.get(job.values.get("inventory") or 0)
    if inventory is not None:
        inventory.failed_hosts -= {host["host_name"] for host in job.hosts}
        inventory.failed_hosts |= {host["host_name"] for host in job.hosts if host["failed"]}
    workflow = tower.ledger.jobs.get(job.workflow or 0)
    if workflow is not None:
        workflows.advance(tower, workflow)


def host_summary(job: Job, host: str | dict[str, Any]) -> dict[str, Any]:
    """A host's counts as they are kept; a bare name stands for one successful task."""
    counts: dict[str, Any] = {"ok": 1, "name": host} if isinstance(host, str) else dict(host)
    name = str(counts.pop("name"))
    counts["failures"] = counts.pop("failed", counts.get("failures", 0))
    counts["dark"] = counts.pop("unreachable", counts.get("dark", 0))
    failed = bool(counts["failures"] or counts["dark"])
    return {
        "id": job.id * 1000 + sum(name.encode()) % 1000,
        "host_name": name,
        "processed": 1,
        **counts,
        "failed": failed,
    }


def bucket_counts(hosts: list[dict[str, Any]]) -> dict[str, int]:
    """How many hosts fall into each bucket; the worst thing that happened to a host counts (AWX, JobEvent)."""
    found: dict[str, int] = {}
    for host in hosts:
        kind = next((one for one in reversed(COUNTS) if host.get(one)), None)
        if kind:
            found[kind] = found.get(kind, 0) + 1
    return found
