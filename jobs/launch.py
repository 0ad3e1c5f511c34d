"""Hand a queued job to Tower, at most once.

A launch cannot be undone, so the attempt is written down before the request is sent. A worker that dies in between
leaves the job in doubt; `reconcile` looks for it in Tower, and this module acts on what it finds.
"""

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from catalog import connections
from catalog.controllers import secrets_of
from catalog.prompts import NAMESPACE, credential_passwords
from jobs import locks, refusals, relaunching, secrets, states
from jobs.models import Job, Status, TimelineEntry
from jobs.reconcile import Absent, Found, look_for
from portal.encryption import Undecipherable
from portal.tower.client import Tower
from portal.tower.errors import Denied, Gone, Rejected, Throttled, TowerError, Uncertain, Unreachable
from portal.tower.records import Launched

log = logging.getLogger(__name__)

LOOK_AGAIN = timedelta(seconds=5)  # between two searches for a job in doubt
IDENTICAL = timedelta(seconds=5)  # an identical order waits this long for the one in doubt


def launch(job_id: int) -> None:
    """Take one step with an order that is due: send it, look for it in Tower, or take it over from a dead worker."""
    due = Job.objects.due(timezone.now()).select_related("controller", "template").defer(*secrets_of("controller"))
    job = due.filter(pk=job_id).first()
    if job is None:
        return
    if job.status == Status.LAUNCHING:
        _take_over(job)
    elif job.status == Status.IN_DOUBT:
        _settle(job)
    elif Job.objects.claim(job.pk, until=timezone.now() + _claim_time()):
        job.refresh_from_db(fields=["status", "claimed_until", "attempt", "attempts"])
        with locks.sending(job.pk) as mine:
            _send(job) if mine else states.requeue(job, after=LOOK_AGAIN)


def _claim_time() -> timedelta:
    """Longer than any launch can take: all its time limits, and a margin. A 401 has it signed in and sent anew."""
    return timedelta(seconds=2 * settings.TOWER_LAUNCH_TIMEOUT + 6 * settings.TOWER_READ_TIMEOUT + 30)


def _take_over(job: Job) -> None:
    """Its worker died. If that one may have sent it, it is in doubt; if surely not, it is queued again."""
    if locks.being_sent(job.pk):
        return
    if job.attempt and job.attempt.get("open"):
        states.in_doubt(job, "The worker that sent it stopped before Tower's answer was saved.")
    else:
        states.requeue(job)


def _send(job: Job) -> None:
    controller = job.controller
    if not controller.usable:
        states.wait_for_tower(job)
        return
    if _identical_in_doubt(job):
        states.requeue(job, after=IDENTICAL)
        return
    try:
        tower = connections.tower(controller)
        # A Tower that hangs or is down shows it here, where nothing was sent yet.
        known_by = _look(job, tower)
    except relaunching.Impossible as why:
        refusals.refuse(job, str(why))
        return
    except Gone:
        refusals.refuse(job, "It is no longer offered in Tower. Ask the person who looks after this tile.")
        return
    except Denied as error:
        refusals.denied(job, error)
        return
    except TowerError as error:
        _unreachable(job, error)
        return
    controller.answered()
    try:
        passwords = secrets.reveal(job)
    except Undecipherable:
        refusals.refuse(job, "Its passwords can no longer be read here, so it was not sent. Please order it again.")
        return
    if states.open_attempt(job, tower.clock, **known_by):
        _post(job, tower, passwords)


def _look(job: Job, tower: Tower) -> dict[str, Any]:
    """Ask Tower for what a launch needs; what the attempt is known by, besides account and time."""
    if job.relaunch_of_id:
        return relaunching.look(job, tower)
    tower.launch_form(job.template.kind, job.template.tower_id)
    return {}


def _identical_in_doubt(job: Job) -> bool:
    """While one is in doubt, an identical one waits, so that what is found in Tower belongs to one order only."""
    twins = Job.objects.filter(template_id=job.template_id, fingerprint=job.fingerprint, status=Status.IN_DOUBT)
    return twins.exclude(pk=job.pk).exists()


def _post(job: Job, tower: Tower, passwords: Mapping[str, str]) -> None:
    try:
        if job.relaunch_of_id:
            launched = relaunching.send(job, tower)
        else:
            launched = tower.launch(job.template.kind, job.template.tower_id, _body(job, passwords))
    except Rejected as error:
        refusals.rejected(job, error, passwords.values())
    except Denied as error:
        refusals.denied(job, error)
    except Gone:
        refusals.refuse(job, "It is no longer offered in Tower. Ask the person who looks after this tile.")
    except Throttled as error:
        states.requeue(job, after=timedelta(seconds=error.retry_after or 30))
    except Unreachable as error:
        _unreachable(job, error)
    except Uncertain as error:
        job.controller.failed_us(str(error))
        states.in_doubt(job, str(error))
    except BaseException:
        states.in_doubt(job, "The portal stopped before Tower's answer was read.")
        raise
    else:
        _record(job, launched)


def _body(job: Job, passwords: Mapping[str, str]) -> dict[str, Any]:
    """The fields of the launch: the survey's answers, what else was asked for, and passwords of credentials."""
    for_credentials = credential_passwords(passwords)
    answers = {name: value for name, value in passwords.items() if not name.startswith(NAMESPACE)}
    body: dict[str, Any] = dict(job.prompts)
    if job.extra_vars or answers:
        body["extra_vars"] = {**job.extra_vars, **answers}
    if for_credentials:
        body["credential_passwords"] = for_credentials
    return body


def _record(job: Job, launched: Launched) -> None:
    if states.launched(job, launched.job, ignored=refusals.ignored(job, launched.ignored)):
        log.info("Order %s is Tower's job %s.", job.pk, launched.job.id)
    else:
        # Another order owns this job of Tower's: found and adopted while this answer was under way.
        states.in_doubt(job, "Tower's answer named a job that belongs to another order.")


def _unreachable(job: Job, error: TowerError) -> None:
    job.controller.failed_us(str(error))
    states.wait_for_tower(job)


def _settle(job: Job) -> None:
    """Act on what Tower shows of an order in doubt."""
    if not states.lease_doubt(job, timedelta(seconds=6 * settings.TOWER_READ_TIMEOUT)):
        return
    verdict = look_for(job)
    if isinstance(verdict, Found) and states.launched(job, verdict.record, kind=TimelineEntry.Kind.ADOPTED):
        log.info("Order %s was found in Tower as job %s.", job.pk, verdict.record.id)
    elif isinstance(verdict, Absent) and _settled(job, verdict) and not locks.being_sent(job.pk):
        states.send_again(job)
    else:
        states.still_in_doubt(job, absent=isinstance(verdict, Absent), after=LOOK_AGAIN)


def _settled(job: Job, verdict: Absent) -> bool:
    """Whether Tower has shown for long enough that it never took the launch.

    A Tower behind its proxy may commit a request minutes after the client gave up (docs/orders.md).
    """
    since = states.absent_since(job)
    return since is not None and (verdict.at - since).total_seconds() >= settings.TOWER_SETTLE_SECONDS
