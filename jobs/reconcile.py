"""Find in Tower the job of a POST whose answer was lost.

It only returns a verdict; `launch` acts on it. Tower has no idempotency key, and a launch without an answer has nearly
always happened (a real AWX: 20 of 20, the last one visible after 3 s), so the search is by template, account, time,
`extra_vars` and the launch's other fields, leaving out jobs that other orders own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from catalog import connections
from catalog.prompts import NAMESPACE, Kind, read
from jobs import relaunching
from jobs.models import Job
from jobs.secrets import ENCRYPTED
from portal.tower.errors import TowerError
from portal.tower.records import JobRecord

_LISTS = {Kind.OBJECTS, Kind.CREDENTIALS, Kind.VARIABLES}
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
        form = tower.launch_form(job.template.kind, job.template.tower_id)
        launch_type = "relaunch" if job.relaunch_of_id else "manual"
        records = tower.jobs_of(job.template.tower_id, account.id, clock - SKEW, launch_type=launch_type)
    except TowerError as error:
        return Unknown(str(error))
    mine = [record for record in _unowned(job, records) if is_of(job, record, form)]
    return Found(min(mine, key=lambda record: record.id)) if mine else Absent(timezone.now())


def _unowned(job: Job, records: list[JobRecord]) -> list[JobRecord]:
    ids = [record.id for record in records]
    owned = set(Job.objects.filter(controller=job.controller, tower_id__in=ids).values_list("tower_id", flat=True))
    return [record for record in records if record.id not in owned]


def is_of(job: Job, record: JobRecord, form: Mapping[str, Any]) -> bool:
    """Whether Tower's job has just the answers of this order; what was left blank may only have its default.

    `form` is what Tower says of the template's launch now.
    """
    if job.relaunch_of_id:
        return relaunching.is_of(job, record)
    variables = job.secrets.exclude(variable__startswith=NAMESPACE).values_list("variable", flat=True)
    sent = {**job.extra_vars, **dict.fromkeys(variables, ENCRYPTED)}
    if any(record.extra_vars.get(variable) != value for variable, value in sent.items()):
        return False
    defaults = {question["variable"]: question.get("default") for question in job.template.questions}
    blank = set(defaults) - set(sent)
    if any(record.extra_vars[variable] != defaults[variable] for variable in blank & set(record.extra_vars)):
        return False
    return _launched_alike(job, record, form)


def _launched_alike(job: Job, record: JobRecord, form: Mapping[str, Any]) -> bool:
    """Whether the record's other fields are those that were sent, as far as it tells, or else the template's.

    Not told: labels and instance groups, and of a job that was divided into slices most of the rest. Which execution
    environment is the usual one, Tower decides when the job starts.
    """
    asks = {name: value for name, value in form.items() if name.startswith("ask_")}
    prompts = read(job.template.kind, {"asks": asks, "defaults": form.get("defaults")})
    usual = {prompt.name: prompt.default for prompt in prompts if prompt.kind not in _LISTS}
    usual.pop("execution_environment", None)
    told = dict(record.launched_with)
    if record.type != "job":
        told.pop("credentials", None)
    return all(alike(told[name], value) for name, value in (usual | job.prompts).items() if name in told)


def alike(told: Any, sent: Any) -> bool:
    """Whether Tower tells of a field what was sent: it reads numbers in texts, and leaves out white space around."""
    if isinstance(sent, list) and isinstance(told, list):
        return set(told) == set(sent)
    blank = told in ("", None) and sent in ("", None)
    return blank or bool(told == sent) or str(told).strip() == str(sent).strip()
