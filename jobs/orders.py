"""Place an order: one transaction, then a nudge to the workers on commit."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from catalog import wording
from catalog.forms import LaunchRequest
from catalog.models import Tile
from catalog.prompts import NAMESPACE
from jobs import secrets, tasks, versions
from jobs.models import Job, TimelineEntry
from portal.encryption import fingerprint


@dataclass(frozen=True)
class Placed:
    """`new` is False when this form had been ordered before; `same` tells whether with the same answers."""

    job: Job
    new: bool
    same: bool


def place(*, tile: Tile, by: User, asked: LaunchRequest, form_key: UUID) -> Placed:
    """Order `tile`. The same form, however often and however concurrently it is sent, is one order.

    The database decides: the second insert of (person, form key) fails, here or in any other process.
    """
    answers_print = _fingerprint(tile, asked)
    try:
        with transaction.atomic():
            job = _insert(tile, by, asked, form_key, answers_print)
    except IntegrityError:
        earlier = Job.objects.filter(ordered_by=by, form_key=form_key).first()
        if earlier is None:
            raise
        return Placed(job=earlier, new=False, same=earlier.fingerprint == answers_print)
    return Placed(job=job, new=True, same=True)


def _insert(tile: Tile, by: User, asked: LaunchRequest, form_key: UUID, answers_print: str) -> Job:
    job = Job.objects.create(
        tile=tile,
        template=tile.template,
        controller_id=tile.template.controller_id,
        ordered_by=by,
        form_key=form_key,
        fingerprint=answers_print,
        subject=_subject(tile, asked.answers)[:200],
        answers=asked.answers,
        extra_vars=asked.extra_vars,
        prompts=asked.prompts,
    )
    secrets.store(job, asked.secrets)
    secrets.drop_kept(form_key, by)
    job.note(TimelineEntry.Kind.ORDERED)
    versions.raise_version()
    transaction.on_commit(lambda: tasks.nudge(job.pk))
    return job


def _subject(tile: Tile, answers: list[dict[str, Any]]) -> str:
    """What tells this order from another: as the curator worded it, else the first two short answers to its survey."""
    if tile.subject:
        return wording.fill(tile.subject, answers)
    short = [
        answer["value"]
        for answer in answers
        if not answer["variable"].startswith(NAMESPACE)
        and isinstance(answer["value"], str)
        and 0 < len(answer["value"]) < 40
    ]
    return ", ".join(short[:2])


def _fingerprint(tile: Tile, asked: LaunchRequest) -> str:
    everything = [tile.template_id, asked.extra_vars, asked.secrets, asked.prompts]
    return fingerprint(json.dumps(everything, sort_keys=True, ensure_ascii=False))
