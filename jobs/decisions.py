"""What people decide here of the approvals of a workflow. Written down first; a worker tells Tower."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction

from jobs import steps, tasks
from jobs.models import IN_TOWER, Decision, WorkflowStep


@dataclass(frozen=True)
class Made:
    """A decision, and whether it is the one just made; else somebody was faster."""

    decision: Decision | None
    new: bool


def make(step: WorkflowStep, *, by: User, choice: Decision.Choice, note: str = "") -> Made:
    """Decide an approval, once for all people. Raises PermissionDenied for who may not.

    `decision` is None if the step waits no more and nobody decided it here.
    """
    if not step.job.tile.may_decide(by):
        raise PermissionDenied
    with transaction.atomic():
        # Deciding the same step at the same time ends at the unique row: the second finds the first one's.
        waits = step.waits_for_decision and step.job.status in IN_TOWER
        earlier = Decision.objects.filter(step=step).select_related("by").first()
        if earlier or not waits:
            return Made(earlier, new=False)
        decision, new = Decision.objects.get_or_create(step=step, defaults={"choice": choice, "by": by, "note": note})
        if new:
            steps.publish(step.job)
            transaction.on_commit(lambda: tasks.nudge_decision(decision.pk), robust=True)
    return Made(decision, new)
