"""Output and results of jobs: live only for those that somebody watches, once to the end when a job has ended."""

import logging
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from catalog import connections
from catalog.controllers import secrets_of
from catalog.models import Controller
from jobs import history, pieces, secrets, stepoutput, versions, workflows
from jobs.models import Job, Status
from portal.tower.client import Tower
from portal.tower.errors import Gone, TowerError
from portal.tower.records import HostSummary

log = logging.getLogger(__name__)

WATCHED_FOR = timedelta(seconds=15)  # a page that shows a running job asks every 2 s
TRY_AGAIN = timedelta(seconds=3)
GIVE_UP = timedelta(minutes=10)  # Tower has had this long to process a job's events


def follow_watched(controller: Controller) -> None:
    """Fetch what is new of the running jobs that somebody looks at. Raises TowerError."""
    watched = Job.objects.filter(
        controller=controller, status=Status.RUNNING, tower_type="job", watched_at__gte=timezone.now() - WATCHED_FOR
    )
    for job in watched:
        _fetch(job, connections.tower(controller))


def watch(job: Job) -> None:
    """Somebody looks at this job now."""
    now = timezone.now()
    if job.status == Status.RUNNING and (job.watched_at is None or now - job.watched_at > WATCHED_FOR / 3):
        Job.objects.filter(pk=job.pk).update(watched_at=now)


def collect(job_id: int) -> None:
    """Read the rest of an ended job: output, per-host outcome, result facts. Then its secrets are deleted."""
    now = timezone.now()
    taken = Job.objects.unread(now).filter(pk=job_id).update(due_at=now + TRY_AGAIN * 10)
    if not taken:
        return
    job = Job.objects.select_related("controller").defer(*secrets_of("controller")).get(pk=job_id)
    try:
        complete = _read_to_the_end(job, connections.tower(job.controller))
    except Gone:
        complete = True
    except TowerError as error:
        log.warning("The output of order %s waits: %s", job.pk, error)
        complete = False
    if complete or (job.finished_at and now - job.finished_at > GIVE_UP):
        _close(job)
    else:
        Job.objects.filter(pk=job.pk).update(due_at=now + TRY_AGAIN)


def _read_to_the_end(job: Job, tower: Tower) -> bool:
    """True when Tower had processed all events before we read (they arrive after the terminal status)."""
    url = tower.job_url(job.tower_type, job.tower_id or 0)
    record = tower.job(url)
    if job.tower_type != "job":
        workflows.finish(job, tower)
        stepoutput.read_before_secrets_go(job, tower)
        return True
    _fetch(job, tower)
    found = {
        "artifacts": {} if job.unmaskable else record.artifacts,
        "hosts": [_host(summary) for summary in tower.host_summaries(url)],
        "explanation": record.explanation or _reason(job, tower, url),
    }
    Job.objects.filter(pk=job.pk).update(**secrets.mask(found, secrets.reveal(job).values()))
    return record.event_processing_finished is not False


def _reason(job: Job, tower: Tower, url: str) -> str:
    """What the first failed task said, for a person to read."""
    failures = tower.failures(url) if job.status == Status.FAILED and not job.unmaskable else []
    return failures[0] if failures else ""


def _close(job: Job) -> None:
    with transaction.atomic():
        Job.objects.filter(pk=job.pk).update(output_complete=True, changed_at=timezone.now())
        stepoutput.give_up(job)
        secrets.forget(job)
        history.learn(job)
        versions.raise_version()


def _fetch(job: Job, tower: Tower) -> None:
    start = pieces.next_line(job)
    piece = tower.output(tower.job_url(job.tower_type, job.tower_id or 0), start)
    pieces.store(job, piece, start, runs=job.status == Status.RUNNING, hidden=secrets.reveal(job).values())


def _host(summary: HostSummary) -> dict[str, str | bool]:
    if summary.unreachable:
        state = "unreachable"
    elif summary.failed:
        state = "failed"
    elif summary.changed:
        state = "changed"
    else:
        state = "ok" if summary.ok else "skipped"
    return {"name": summary.name, "state": state, "changed": bool(summary.changed)}
