"""When Tower says no: nothing was started, and the person is told why without a secret in it."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from catalog.prompts import label_of, password_label
from jobs import relaunching, secrets, states
from jobs.models import Job, Status, TimelineEntry
from portal.tower.errors import Denied, Rejected

ROLE_IS_MISSING = "The portal's account may not start this in Tower yet. It goes out once an operator has allowed it."
OBJECT_IS_DENIED = (
    "The portal's account may not start this in Tower yet, or not with what was chosen. "
    "It goes out once an operator has allowed it."
)


def refuse(job: Job, why: str) -> None:
    """End the order as refused; `why` is shown to its person."""
    moved = states.move(
        job,
        kind=TimelineEntry.Kind.REFUSED,
        status=Status.REFUSED,
        explanation=why,
        claimed_until=None,
        attempt={**(job.attempt or {}), "open": False},
        output_complete=True,
    )
    if moved:
        secrets.forget(job)


def rejected(job: Job, error: Rejected, passwords: Iterable[str]) -> None:
    """A 400: Tower's own reasons, which repeat what was submitted, masked."""
    if job.relaunch_of_id:
        refuse(job, relaunching.refused(error))
        return
    reasons = secrets.mask(error.reasons, list(passwords))
    refuse(job, "\n".join(_sentences(job, reasons)) or "Tower refused the order without saying why.")


def denied(job: Job, error: Denied) -> None:
    """401: all orders of this Tower wait. 403 for one template: this one waits, until the role is given.

    403 for a relaunch is an answer: what it says does not change by waiting.
    """
    if error.status == 401:
        job.controller.failed_us(str(error))
        states.wait_for_tower(job)
        return
    if job.relaunch_of_id:
        refuse(job, relaunching.refused(error))
        return
    states.move(
        job,
        status=Status.QUEUED,
        claimed_until=None,
        attempt=None,
        explanation=OBJECT_IS_DENIED if job.prompts else ROLE_IS_MISSING,
        due_at=timezone.now() + timedelta(minutes=1),
    )


def ignored(job: Job, fields: dict[str, Any]) -> list[str]:
    """What Tower ignored of a launch, by the names that people know it under, without values."""
    variables = fields.get("extra_vars")
    names = [label_of(name) or name for name in fields if name != "extra_vars" or not isinstance(variables, dict)]
    asked = {answer["variable"]: answer["label"] for answer in job.answers}
    return sorted(names + [asked.get(name, name) for name in variables or {} if isinstance(variables, dict)])


def _sentences(job: Job, reasons: dict[str, list[str]]) -> list[str]:
    """Tower's reasons with the questions' labels in place of variable names, and what they are about before them."""
    labels = {f"'{answer['variable']}'": f"“{answer['label']}”" for answer in job.answers}
    return [_sentence(field, reason, labels) for field, texts in reasons.items() for reason in texts]


def _sentence(field: str, reason: str, labels: dict[str, str]) -> str:
    if field == "passwords_needed_to_start":
        return f"Tower wants a password that was not given: {password_label(reason)}."
    if field == "resources_needed_to_start":
        return f"{reason.rstrip('.')}: it has nothing to run on."
    for variable, label in labels.items():
        reason = reason.replace(variable, label)
    about = label_of(field)
    if about and reason.startswith("Invalid pk"):
        return f"{about}: what was chosen is no longer in Tower."
    return f"{about}: {reason}" if about else reason
