"""Ask Tower to stop a job, until it shows that it was asked or the job has ended.

Tower's 202 is a promise: `canceled_on` is set and the job may run on for a while, or end otherwise. To ask twice is
harmless (a second cancel is 202 too, recorded), so a lost answer needs no search: each step reads the job first, and
asks only if Tower shows neither an end nor `canceled_on`. A job that has ended answers 403, or 405 to superusers: the
next reading tells how it ended.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from catalog import connections
from catalog.controllers import secrets_of
from jobs import states, versions
from jobs.models import ENDED, Job
from portal.tower.client import Tower
from portal.tower.errors import Denied, Gone, Rejected, TowerError, Unreachable
from portal.tower.records import JobRecord

log = logging.getLogger(__name__)

LOOK_AGAIN = timedelta(seconds=3)
LATER = timedelta(seconds=30)  # after a refusal: an operator has to give a role first
NOT_ALLOWED = "Tower does not let the portal stop it. Someone has to stop it in Tower."


def stop(job_id: int) -> None:
    """Take one step with a job that somebody wants stopped. Does nothing while another worker does."""
    now = timezone.now()
    lease = timedelta(seconds=6 * settings.TOWER_READ_TIMEOUT)
    if not Job.objects.to_stop(now).filter(pk=job_id).update(stop_due_at=now + lease):
        return
    job = Job.objects.select_related("controller").defer(*secrets_of("controller")).get(pk=job_id)
    try:
        _step(job, connections.tower(job.controller))
    except Gone:
        _due(job, LOOK_AGAIN)  # following tells that it is lost
    except Denied as error:
        if _is_sign_in(error):
            job.controller.failed_us(str(error))
        _due(job, LATER, trouble=NOT_ALLOWED)
    except TowerError as error:
        log.warning("Order %s is not stopped yet: %s", job.pk, error)
        _due(job, timedelta(seconds=getattr(error, "retry_after", None) or 0) or LOOK_AGAIN)


def _step(job: Job, tower: Tower) -> None:
    url = tower.job_url(job.tower_type, job.tower_id or 0)
    record, after, trouble = tower.job(url), None, ""
    if not _shown(record):
        taken = _ask(job, tower, url)
        record = tower.job(url)
        if not _shown(record):
            after, trouble = (LOOK_AGAIN, "") if taken else (LATER, NOT_ALLOWED)
    states.observe(job, record)
    _due(job, after, trouble)


def _shown(record: JobRecord) -> bool:
    """Whether Tower shows that it was asked, or that there is nothing left to stop."""
    return record.canceled_on is not None or states.TOWERS_WORDS.get(record.status) in ENDED


def _ask(job: Job, tower: Tower, url: str) -> bool:
    """Send it, written down first: if the answer is lost, it may have been we who stopped the job. False if refused."""
    before = job.stop_sent_at
    job.stop_sent_at = timezone.now()
    Job.objects.filter(pk=job.pk).update(stop_sent_at=job.stop_sent_at)
    try:
        tower.cancel(url)
    except (Denied, Rejected, Unreachable) as no:
        Job.objects.filter(pk=job.pk).update(stop_sent_at=before)  # surely not by this request
        if isinstance(no, Unreachable) or _is_sign_in(no):
            raise
        return False
    return True


def _is_sign_in(error: TowerError) -> bool:
    return isinstance(error, Denied) and error.status == 401


def _due(job: Job, after: timedelta | None, trouble: str = "") -> None:
    """When to look again; None: not any more."""
    due = None if after is None else timezone.now() + after
    told = {"changed_at": timezone.now()} if trouble != job.stop_trouble else {}
    Job.objects.filter(pk=job.pk).update(stop_due_at=due, stop_trouble=trouble, **told)
    job.stop_due_at, job.stop_trouble = due, trouble
    if told:
        versions.raise_version()
