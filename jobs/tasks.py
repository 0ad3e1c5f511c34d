"""Celery's doors to this app. Each may run twice at the same time: what they do is claimed in the database."""

import logging
import time

from celery import shared_task
from django.core.cache import cache
from django.utils import timezone
from kombu.exceptions import OperationalError

from catalog.models import Controller
from jobs import decide, follow, launch, output, secrets, stepoutput, stopping
from jobs.models import Decision, Job

log = logging.getLogger(__name__)
AT_ONCE = 200  # nudges sent by one sweep


def nudge(job_id: int) -> None:
    """Tell the workers that an order is due. If the broker is down, the sweep finds it later."""
    try:
        launch_job.apply_async([job_id], retry=False)
    except OperationalError:
        log.warning("The broker is down; order %s waits for the sweep.", job_id)


def nudge_decision(decision_id: int) -> None:
    """Tell the workers that a decision is due. If the broker is down, the sweep finds it later."""
    try:
        send_decision.apply_async([decision_id], retry=False)
    except OperationalError:
        log.warning("The broker is down; decision %s waits for the sweep.", decision_id)


def nudge_step_output(step_id: int) -> None:
    """Somebody opened a step that has ended: read its output. If the broker is down, the page asks again."""
    try:
        collect_step_output.apply_async([step_id], retry=False, expires=30)
    except OperationalError:
        log.warning("The broker is down; the output of step %s waits.", step_id)


def nudge_stop(job_id: int) -> None:
    """Tell the workers that somebody wants a job stopped. If the broker is down, the sweep finds it later."""
    try:
        stop_job.apply_async([job_id], retry=False)
    except OperationalError:
        log.warning("The broker is down; order %s is stopped by the sweep.", job_id)


@shared_task
def launch_job(job_id: int) -> None:
    """Take one step with one order. Safe to deliver twice: the second finds the row claimed."""
    launch.launch(job_id)


@shared_task
def stop_job(job_id: int) -> None:
    """Ask Tower to stop a job. Safe to deliver twice: the second finds it not due, and asking twice is harmless."""
    stopping.stop(job_id)


@shared_task
def launch_due() -> None:
    """The sweep: nudge what is due. Twice at once only nudges twice."""
    cache.set("portal:last-beat", time.time(), timeout=None)
    now = timezone.now()
    for job_id in Job.objects.due(now).order_by("due_at").values_list("pk", flat=True)[:AT_ONCE]:
        launch_job.apply_async([job_id], retry=False, expires=30)
    for job_id in Job.objects.to_stop(now).order_by("stop_due_at").values_list("pk", flat=True)[:AT_ONCE]:
        stop_job.apply_async([job_id], retry=False, expires=30)
    for job_id in Job.objects.unread(now).order_by("due_at").values_list("pk", flat=True)[:AT_ONCE]:
        collect_output.apply_async([job_id], retry=False, expires=30)
    for decision_id in Decision.objects.due(now).order_by("due_at").values_list("pk", flat=True)[:AT_ONCE]:
        send_decision.apply_async([decision_id], retry=False, expires=30)


@shared_task
def follow_jobs() -> None:
    """One tick: a task for each controller. Twice at once finds the controllers leased."""
    for controller_id in Controller.objects.filter(paused=False).values_list("pk", flat=True):
        follow_controller.apply_async([controller_id], retry=False, expires=10)


@shared_task
def follow_controller(controller_id: int) -> None:
    """Follow one controller's jobs. Safe to deliver twice: the second finds the lease taken."""
    follow.follow(controller_id)


@shared_task
def collect_output(job_id: int) -> None:
    """Read an ended job's output. Safe to deliver twice: the second finds it not due."""
    output.collect(job_id)


@shared_task
def collect_step_output(step_id: int) -> None:
    """Read the output of a workflow's step that has ended. Safe to deliver twice: the second finds it not due."""
    stepoutput.collect(step_id)


@shared_task
def send_decision(decision_id: int) -> None:
    """Take one step with a decision. Safe to deliver twice: the second finds the row claimed."""
    decide.send(decision_id)


@shared_task
def tidy() -> None:
    """Delete passwords of forms that were never sent. Deleting twice is harmless."""
    secrets.drop_stale()
