"""Find in Tower the job of a POST whose answer was lost.

It only returns a verdict; `launch` acts on it. Tower has no idempotency key, and a launch without an answer has nearly
always happened (a real AWX: 20 of 20, the last one visible after 3 s), so the search is by template, account, time and
`extra_vars`, leaving out jobs that other orders own.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from catalog import connections
from jobs import relaunching
from jobs.models import Job
from jobs.secrets import ENCRYPTED
from portal.tower.errors import TowerError
from portal.tower.records import JobRecord

SKEW = timedelta(seconds=5)  # Tower's clock is read to the second, and a moment before the POST


@dataclass(frozen=True)
class Found:
    """Tower has it: this record."""

    record: JobRecord


@dataclass(frozen=True)
class Absent:
    """Tower answered as it should and shows no such job, at this time."""

    at: datetime


@dataclass(frozen=True)
class Unknown:
    """Tower could not tell: it does not answer, or it is not the one, or not the account, that was asked."""

    why: str


def look_for(job: Job) -> Found | Absent | Unknown:
    """Search Tower for the job of `job.attempt`. Raises nothing."""
    attempt = job.attempt or {}
    clock = parse_datetime(attempt.get("tower_clock") or "") or job.placed_at
    try:
        tower = connections.tower(job.controller)
        account, identity = tower.me(), tower.identify()
        if (account.id, identity.install_uuid) != (attempt.get("account"), attempt.get("install")):
            return Unknown("The account or the Tower behind this address has changed since.")
        # A lost role hides the job with a clean 200, so the template must still be ours to start.
        tower.launch_form(job.template.kind, job.template.tower_id)
        launch_type = "relaunch" if job.relaunch_of_id else "manual"
        records = tower.jobs_of(job.template.tower_id, account.id, clock - SKEW, launch_type=launch_type)
    except TowerError as error:
        return Unknown(str(error))
    mine = [record for record in _unowned(job, records) if is_of(job, record)]
    return Found(min(mine, key=lambda record: record.id)) if mine else Absent(timezone.now())


def _unowned(job: Job, records: list[JobRecord]) -> list[JobRecord]:
    ids = [record.id for record in records]
    owned = set(Job.objects.filter(controller=job.controller, tower_id__in=ids).values_list("tower_id", flat=True))
    return [record for record in records if record.id not in owned]


def is_of(job: Job, record: JobRecord) -> bool:
    """Whether Tower's job has just the answers of this order; what was left blank may only have its default."""
    if job.relaunch_of_id:
        return relaunching.is_of(job, record)
    sent = {**job.extra_vars, **dict.fromkeys(job.secrets.values_list("variable", flat=True), ENCRYPTED)}
    if any(record.extra_vars.get(variable) != value for variable, value in sent.items()):
        return False
    defaults = {question["variable"]: question.get("default") for question in job.template.questions}
    blank = set(defaults) - set(sent)
    return all(record.extra_vars[variable] == defaults[variable] for variable in blank & set(record.extra_vars))
