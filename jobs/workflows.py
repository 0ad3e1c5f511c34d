"""Follow the steps of workflows that run: what the one question for all jobs does not tell.

The jobs of steps are in that question. A workflow's nodes are read only when a step may have begun or been skipped
since, one request for each; approvals, which no list of jobs shows, by one request for all while one of them waits.
"""

import logging

from django.db import models

from catalog import connections
from catalog.controllers import secrets_of
from catalog.models import Controller
from jobs import steps
from jobs.models import Job, Status, WorkflowStep
from jobs.models.workflow import APPROVAL, STEP_ENDED
from portal.tower.client import Tower
from portal.tower.errors import TowerError

log = logging.getLogger(__name__)
WORKFLOW = "workflow_job"
AT_ONCE = 200  # approvals in one question: Tower's largest page


def running_ids(controller: Controller) -> list[int]:
    """Tower's ids of the jobs of steps that run: to be asked for with all others."""
    of = Job.objects.in_tower().filter(controller=controller, tower_type=WORKFLOW)
    jobs = WorkflowStep.objects.filter(job__in=of, tower_id__isnull=False, kind__in=["job", WORKFLOW])
    return [id_ for id_ in jobs.exclude(status__in=STEP_ENDED).values_list("tower_id", flat=True) if id_]


def follow(controller: Controller, *, all_of_them: bool) -> None:
    """One tick. Whether Tower fares well is for others to tell: what it does not say here, it says later."""
    running = Job.objects.in_tower().filter(controller=controller, tower_type=WORKFLOW).order_by("pk")
    for job in running.prefetch_related("steps").select_related("controller").defer(*secrets_of("controller")):
        known = list(job.steps.all())
        due = all_of_them or steps.may_have_moved(known) if job.status == Status.RUNNING else not known
        if due:
            try:
                _read_nodes(job, connections.tower(controller))
            except TowerError as error:
                log.warning("The steps of order %s wait: %s", job.pk, error)
    waiting = WorkflowStep.objects.filter(job__in=running, kind=APPROVAL, status="pending")
    if waiting.exists():
        try:
            _read_approvals(list(_with_controller(waiting)), connections.tower(controller))
        except TowerError as error:
            log.warning("%s does not tell of its approvals: %s", controller, error)


def finish(job: Job, tower: Tower) -> None:
    """A workflow has ended: read all of its steps, once. Raises TowerError."""
    _read_nodes(job, tower)
    for step in _with_controller(WorkflowStep.objects.filter(job=job, kind=APPROVAL, status="pending")):
        steps.settle(step, tower.approval(step.tower_id or 0))


def _read_nodes(job: Job, tower: Tower) -> None:
    steps.mirror(job, tower.workflow_nodes(tower.job_url(job.tower_type, job.tower_id or 0)))


def _read_approvals(waiting: list[WorkflowStep], tower: Tower) -> None:
    """One request for up to 200 that wait, and one more for each that does not wait any more."""
    ids = [step.tower_id for step in waiting if step.tower_id]
    batches = [ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE)]
    pending = {approval.id: approval for batch in batches for approval in tower.pending_approvals(batch)}
    for step in waiting:
        approval = pending.get(step.tower_id or 0)
        if approval:
            steps.expect(step, approval)
        elif step.tower_id:
            steps.settle(step, tower.approval(step.tower_id))


def _with_controller(rows: models.QuerySet[WorkflowStep]) -> models.QuerySet[WorkflowStep]:
    return rows.select_related("job__controller").defer(*secrets_of("job__controller"))
