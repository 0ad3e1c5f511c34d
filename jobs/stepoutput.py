"""Output of a workflow's steps: fetched for those that somebody has opened.

An order's passwords are deleted when it has ended, and only who knows a secret can mask it; so the output of a workflow
that got passwords is read before that, whoever looks.
"""

import logging
from datetime import timedelta

from django.utils import timezone

from catalog import connections
from catalog.controllers import secrets_of
from catalog.models import Controller
from jobs import pieces, secrets
from jobs.models import ENDED, Job, WorkflowStep
from jobs.models.workflow import STEP_ENDED
from portal.tower.client import Tower
from portal.tower.errors import Gone, TowerError

log = logging.getLogger(__name__)
WATCHED_FOR = timedelta(seconds=15)  # an open step asks every 2 s
TRY_AGAIN = timedelta(seconds=3)


def watch(step: WorkflowStep) -> bool:
    """Somebody looks at it now. True if a worker should be told: it has ended and is not read yet."""
    now = timezone.now()
    if not has_output(step) or step.output_complete:
        return False
    if step.watched_at is None or now - step.watched_at > WATCHED_FOR / 3:
        WorkflowStep.objects.filter(pk=step.pk).update(watched_at=now)
    return step.has_ended and step.due_at <= now


def has_output(step: WorkflowStep) -> bool:
    return step.kind == "job" and step.tower_id is not None


def follow_watched(controller: Controller) -> None:
    """Fetch what is new of the running steps that somebody looks at. Raises TowerError."""
    since = timezone.now() - WATCHED_FOR
    rows = WorkflowStep.objects.filter(job__controller=controller, kind="job", status="running", watched_at__gte=since)
    for step in rows.select_related("job"):
        _fetch(step, connections.tower(controller))


def collect(step_id: int) -> None:
    """Read the rest of an ended step that somebody watches."""
    now = timezone.now()
    due = WorkflowStep.objects.filter(pk=step_id, output_complete=False, status__in=STEP_ENDED, due_at__lte=now)
    if due.exclude(watched_at=None).update(due_at=now + TRY_AGAIN) != 1:
        return
    rows = WorkflowStep.objects.select_related("job__controller").defer(*secrets_of("job__controller"))
    step = rows.get(pk=step_id)
    try:
        read(step, connections.tower(step.job.controller))
    except TowerError as error:
        log.warning("The output of step %s waits: %s", step.pk, error)


def read_before_secrets_go(job: Job, tower: Tower) -> None:
    """Everything of a workflow that got passwords. Raises TowerError."""
    if not job.secrets.exists():
        return
    for step in job.steps.filter(kind="job", tower_id__isnull=False, output_complete=False).select_related("job"):
        read(step, tower)


def give_up(job: Job) -> None:
    """Its passwords go now: what was not read can never be shown. Call it before they are deleted."""
    if job.secrets.exists():
        job.steps.update(output_complete=True)


def read(step: WorkflowStep, tower: Tower) -> None:
    """To the end; it is complete when Tower has processed all its events. Raises TowerError."""
    try:
        record = tower.job(tower.job_url("job", step.tower_id or 0))
        _fetch(step, tower)
    except Gone:
        record = None
    if record is None or record.event_processing_finished is not False:
        WorkflowStep.objects.filter(pk=step.pk).update(output_complete=True)


def _fetch(step: WorkflowStep, tower: Tower) -> None:
    start = pieces.next_line(step)
    piece = tower.output(tower.job_url("job", step.tower_id or 0), start)
    # The passwords of an order that has ended are gone, and with them the right to show what they would have masked.
    if step.job.status in ENDED and step.job.output_complete and _had_secrets(step.job):
        return
    pieces.store(step, piece, start, runs=not step.has_ended, hidden=secrets.reveal(step.job).values())


def _had_secrets(job: Job) -> bool:
    return any(answer.get("secret") for answer in job.answers)
