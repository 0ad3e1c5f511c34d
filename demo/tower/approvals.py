"""Approvals: the steps of a workflow that wait for a person, and what ends the waiting."""

from datetime import datetime, timedelta

from demo.tower import clock
from demo.tower.ledger import Job
from demo.tower.state import Tower


def waiting(tower: Tower) -> list[Job]:
    """Those that nobody has decided."""
    jobs = list(tower.ledger.jobs.values())
    return [job for job in jobs if job.type == "workflow_approval" and job.status == "pending"]


def decide(tower: Tower, approval: Job, *, approve: bool, by: int) -> bool:
    """End the waiting; False if it has ended already."""
    with tower.ledger.lock:
        if approval.status != "pending":
            return False
        tower.ledger.finish(approval, "successful" if approve else "failed", decided_by=by, modified=clock.now())
    return True


def time_out(tower: Tower, approval: Job) -> None:
    """Nobody decided it in time: it is denied by itself."""
    why = f"The approval node {approval.name} ({approval.id}) has expired after {approval.timeout} seconds."
    tower.ledger.finish(approval, "failed", timed_out=True, job_explanation=why)


def expire(tower: Tower) -> None:
    """Deny those whose time is over."""
    now = clock.now()
    for approval in waiting(tower):
        if (end := expiration(approval)) and end <= now:
            time_out(tower, approval)


def expiration(approval: Job) -> str | None:
    """When it will be denied by itself; None if never, or if it has ended."""
    if approval.status != "pending" or not approval.timeout:
        return None
    return clock.stamp(datetime.fromisoformat(approval.created) + timedelta(seconds=approval.timeout))
