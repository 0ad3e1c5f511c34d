"""The steps an order takes from one state to the next. Each is one short transaction and never calls Tower."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from jobs import secrets, versions
from jobs.models import ENDED, Job, Status, TimelineEntry
from portal.tower.records import JobRecord

Kind = TimelineEntry.Kind
LONGEST_WAIT = timedelta(minutes=1)

TOWERS_WORDS = {
    "new": Status.PENDING,
    "pending": Status.PENDING,
    "waiting": Status.WAITING,
    "running": Status.RUNNING,
    "successful": Status.SUCCESSFUL,
    "failed": Status.FAILED,
    "error": Status.ERROR,
    "canceled": Status.CANCELED,
}
ENDINGS = {
    Status.SUCCESSFUL: Kind.SUCCESSFUL,
    Status.FAILED: Kind.FAILED,
    Status.ERROR: Kind.ERROR,
    Status.CANCELED: Kind.CANCELED,
}


def move(job: Job, *, kind: TimelineEntry.Kind | None = None, text: str = "", **changes: Any) -> bool:
    """Change the row if nobody else did meanwhile, add to its timeline, and let the pages know."""
    with transaction.atomic():
        if not job.take(**changes):
            return False
        if kind:
            job.note(kind, text)
        versions.raise_version()
    return True


def requeue(job: Job, *, after: timedelta = timedelta()) -> bool:
    """Nothing was sent: it is due again in a while."""
    return move(job, status=Status.QUEUED, due_at=timezone.now() + after, claimed_until=None, attempt=None)


def wait_for_tower(job: Job) -> bool:
    """Tower cannot be reached, or is paused: it goes out when Tower is back."""
    told = job.timeline.filter(kind=Kind.WAITING).exists()
    after = min(LONGEST_WAIT, timedelta(seconds=2 ** min(job.attempts + 1, 6))) * random.uniform(0.5, 1)  # noqa: S311
    return move(
        job,
        kind=None if told else Kind.WAITING,
        status=Status.QUEUED,
        due_at=timezone.now() + after,
        claimed_until=None,
        attempt=None,
        attempts=job.attempts + 1,
    )


def open_attempt(job: Job, clock: datetime, **known_by: Any) -> bool:
    """Write down that a launch goes out now; `clock` is Tower's. False if the claim is no longer ours.

    `known_by`: what else tells the job in Tower from others, for when the answer is lost.
    """
    if job.claimed_until is None or job.claimed_until <= timezone.now():
        return False
    controller = job.controller
    attempt = {
        "open": True,
        "at": timezone.now().isoformat(),
        "tower_clock": clock.isoformat(),
        "account": controller.account_id,
        "install": controller.install_uuid,
        **known_by,
    }
    claimed = Job.objects.filter(pk=job.pk, status=Status.LAUNCHING, claimed_until=job.claimed_until)
    if claimed.update(attempt=attempt, sent_at=timezone.now()) != 1:
        return False
    job.attempt = attempt
    return True


def in_doubt(job: Job, why: str) -> bool:
    """It was sent and no answer came: it is looked for, never simply sent again. `why` is for operators."""
    attempt = {**(job.attempt or {}), "why": why, "absent_since": None}
    now = timezone.now()
    return move(job, kind=Kind.IN_DOUBT, status=Status.IN_DOUBT, attempt=attempt, due_at=now, claimed_until=None)


def lease_doubt(job: Job, time: timedelta) -> bool:
    """Take an order in doubt for one search; False if another worker searches."""
    now = timezone.now()
    taken = Job.objects.filter(pk=job.pk, status=Status.IN_DOUBT, due_at__lte=now).update(due_at=now + time)
    return taken == 1


def still_in_doubt(job: Job, *, absent: bool, after: timedelta) -> None:
    """Tower did not show it, or could not tell (then the time it has been absent starts anew)."""
    attempt = dict(job.attempt or {})
    attempt["absent_since"] = (attempt.get("absent_since") or timezone.now().isoformat()) if absent else None
    Job.objects.filter(pk=job.pk, status=Status.IN_DOUBT).update(attempt=attempt, due_at=timezone.now() + after)


def absent_since(job: Job) -> datetime | None:
    since = (job.attempt or {}).get("absent_since")
    return parse_datetime(since) if since else None


def send_again(job: Job) -> bool:
    """Tower answered throughout the settling time and never showed it: it was not taken."""
    return requeue(job)


def launched(job: Job, record: JobRecord, *, kind: TimelineEntry.Kind = Kind.SENT, ignored: Sequence[str] = ()) -> bool:
    """Tower has it. False if the row has moved on, or if this job of Tower's belongs to another order."""
    text = f"Tower ignored: {', '.join(ignored)}" if ignored else ""
    try:
        with transaction.atomic():
            taken = job.take(
                tower_id=record.id,
                tower_type=record.type,
                attempt={**(job.attempt or {}), "open": False},
                claimed_until=None,
                status=Status.PENDING,
                sent_at=job.sent_at or timezone.now(),
            )
            if not taken:
                return False
            job.note(kind, text)
            observe(job, record)
            versions.raise_version()
    except IntegrityError:
        job.refresh_from_db()
        return False
    return True


def lost(job: Job, why: str) -> None:
    """Tower has deleted it: the order ends without a verdict."""
    if move(job, kind=Kind.LOST, status=Status.LOST, explanation=why, output_complete=True):
        secrets.forget(job)


def observe(job: Job, record: JobRecord) -> bool:
    """Write what Tower says of a job; True if anything changed. Secrets of the order are masked."""
    changes = _news(job, record)
    if not changes:
        return False
    status = changes.get("status", job.status)
    with transaction.atomic():
        before = Job(pk=job.pk, status=job.status, started_at=job.started_at)
        if not job.take(**changes):
            return False
        if before.started_at is None and job.started_at:
            job.note(Kind.STARTED, at=job.started_at)
        if before.status not in ENDED and status in ENDED:
            job.note(ENDINGS[Status(status)], at=job.finished_at)
        versions.raise_version()
    return True


def _news(job: Job, record: JobRecord) -> dict[str, Any]:
    told = {"explanation": record.explanation, "artifacts": record.artifacts, "tower_extra_vars": record.extra_vars}
    if any(getattr(job, name) != value for name, value in told.items()):
        told = secrets.mask(told, secrets.reveal(job).values())
    if job.unmaskable:
        told |= {"artifacts": {}}
    seen = told | {
        "status": TOWERS_WORDS.get(record.status, job.status),
        "tower_status": record.status,
        "started_at": record.started,
        "finished_at": record.finished,
    }
    changes: dict[str, Any] = {name: value for name, value in seen.items() if getattr(job, name) != value}
    if changes.get("status") in ENDED:
        changes |= {"elapsed": record.elapsed, "due_at": timezone.now()}
    return changes
