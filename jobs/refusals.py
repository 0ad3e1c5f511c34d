"""When Tower says no: nothing was started, and the person is told why without a secret in it."""

from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone

from jobs import relaunching, secrets, states
from jobs.models import Job, Status, TimelineEntry
from portal.tower.errors import Denied, Rejected

ROLE_IS_MISSING = "The portal's account may not start this in Tower yet. It goes out once an operator has allowed it."


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
        explanation=ROLE_IS_MISSING,
        due_at=timezone.now() + timedelta(minutes=1),
    )


def _sentences(job: Job, reasons: dict[str, list[str]]) -> list[str]:
    """Tower's reasons with the questions' labels in place of variable names."""
    labels = {f"'{answer['variable']}'": f"“{answer['label']}”" for answer in job.answers}
    sentences = []
    for reason in (text for texts in reasons.values() for text in texts):
        for variable, label in labels.items():
            reason = reason.replace(variable, label)
        sentences.append(reason)
    return sentences
