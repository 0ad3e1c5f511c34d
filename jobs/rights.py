"""Who may do what with an order, and why something cannot be done now."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.urls import reverse

from catalog.models import Tile
from jobs.chips import Verb
from jobs.models import IN_TOWER, Job, Status

NOT_DONE = frozenset({Status.FAILED, Status.ERROR, Status.REFUSED})
WENT = frozenset({Status.SUCCESSFUL, Status.CANCELED, Status.WITHDRAWN})
RAN = frozenset({Status.SUCCESSFUL, Status.FAILED, Status.ERROR, Status.CANCELED})

ALREADY_ENDED = "It ended before it could be stopped."


def may_stop(user: User, job: Job) -> bool:
    return job.ordered_by_id == user.pk or user.has_perm("jobs.stop_jobs")


def may_withdraw(user: User, job: Job) -> bool:
    return job.ordered_by_id == user.pk


def may_relaunch(user: User, _job: Job) -> bool:
    return user.has_perm("jobs.relaunch_jobs")


def why_not_stop(job: Job) -> str:
    """Why it cannot be stopped now, in a sentence; empty if it can."""
    if job.status == Status.QUEUED:
        return "It was not sent to Tower yet, so there is nothing to stop. The person who ordered it can withdraw it."
    if job.status == Status.LAUNCHING:
        return "It is being sent to Tower right now. Try again in a moment."
    if job.status == Status.IN_DOUBT:
        return "Tower has not told yet whether it has this order. It can be stopped as soon as it is found there."
    return "" if job.status in IN_TOWER else ALREADY_ENDED


def why_not_withdraw(job: Job) -> str:
    """Why it cannot be withdrawn now, in a sentence; empty if it can."""
    if job.status in {Status.LAUNCHING, Status.IN_DOUBT}:
        return "It was sent to Tower meanwhile, and Tower has not answered yet. As soon as it has, you can stop it."
    if job.status in IN_TOWER:
        return "It was sent to Tower meanwhile. You can stop it instead."
    return "" if job.status == Status.QUEUED else "It has ended already, so there is nothing to withdraw."


def why_not_relaunch(job: Job) -> str:
    """Why it cannot be run again in Tower, in a sentence; empty if it can. Tower may still say no."""
    if job.is_active:
        return "It has not ended yet."
    if job.tower_id is None:
        return "It never was in Tower, so there is nothing to run again there. It can be ordered again."
    return "" if job.status in RAN else "Tower no longer has it. It can be ordered again."


def failed_hosts(job: Job) -> list[str]:
    """The devices on which it failed, as far as Tower has told."""
    return [host["name"] for host in job.hosts if host["state"] in {"failed", "unreachable"}]


def offer(user: User, jobs: Iterable[Job]) -> None:
    """Set on each job what this person may do with it next: `verb` for its row, `again` on its page.

    One query for the tiles, however many jobs there are.
    """
    shown = list(jobs)
    ended = {job.tile_id for job in shown if not job.is_active}
    orderable = set(Tile.objects.visible_to(user).filter(pk__in=ended).values_list("pk", flat=True)) if ended else set()
    for job in shown:
        job.again = _again(job) if job.tile_id in orderable else None
        job.verb = _now(user, job) if job.is_active else job.again


def _now(user: User, job: Job) -> Verb | None:
    if job.status == Status.QUEUED and may_withdraw(user, job):
        return Verb("Withdraw…", "Withdraw…", reverse("withdraw", args=[job.pk]), asks=True)
    if job.status in IN_TOWER and job.stop_wanted_at is None and may_stop(user, job):
        return Verb("Stop…", "Stop…", reverse("stop", args=[job.pk]), asks=True)
    return None


def _again(job: Job) -> Verb | None:
    address = f"{job.tile.get_absolute_url()}?again={job.pk}"
    if job.status in NOT_DONE:
        return Verb("Correct…", "Correct and order again", address)
    return Verb("Order again", "Order again", address) if job.status in WENT else None
