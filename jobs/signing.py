"""What the approvals of a workflow come to, in the words of its timeline."""

from collections.abc import Sequence

from jobs.models import Decision, SignOff, TimelineEntry, WorkflowStep

Kind = TimelineEntry.Kind
IN_TIME = "Nobody decided in time"
STOPPED = "Stopped before anybody decided"


def standing(steps: Sequence[WorkflowStep]) -> tuple[str, str]:
    """A workflow's SignOff, and who denied it: an approval waits, or one was denied and none after it was given.

    A step that failed, and that no other step took care of, is a failure whatever was denied before.
    """
    if any(step.waits_for_decision and not has_open_decision(step) for step in steps):
        return SignOff.WAITING, ""
    if any(step.status in {"failed", "error"} and _is_unhandled(step) for step in steps):
        return "", ""
    for step in reversed(steps):
        if step.is_approval and step.status == "failed" and not _overruled(step, steps):
            return (SignOff.TIMED_OUT, "") if step.timed_out else (SignOff.DENIED, step.decided_by)
    return "", ""


def has_open_decision(step: WorkflowStep) -> bool:
    """Whether somebody decided it here and Tower has not acted on it yet."""
    decision = decision_of(step)
    return decision is not None and decision.is_open


def decision_of(step: WorkflowStep) -> Decision | None:
    return getattr(step, "decision", None)


def _is_unhandled(step: WorkflowStep) -> bool:
    return not step.is_approval and not (step.on_failure or step.always)


def _overruled(denied: WorkflowStep, steps: Sequence[WorkflowStep]) -> bool:
    """Whether an approval that it led to was given: the workflow then went on as it should."""
    by_node = {step.node_id: step for step in steps}
    left, seen = [*denied.on_failure, *denied.always], set[int]()
    while left:
        node = left.pop()
        if node in seen or node not in by_node:
            continue
        seen.add(node)
        step = by_node[node]
        if step.is_approval and step.status == "successful":
            return True
        left += [*step.on_success, *step.on_failure, *step.always]
    return False


def denied_by(who: str) -> str:
    return f"Denied by {who}" if who else "Denied in Tower"


def approved_by(who: str) -> str:
    return f"Approved by {who}" if who else "Approved in Tower"


def ending(step: WorkflowStep) -> str:
    """How an approval ended, in words; empty while it waits."""
    if step.status == "successful":
        return approved_by(step.decided_by)
    if step.status == "failed":
        return IN_TIME if step.timed_out else denied_by(step.decided_by)
    return STOPPED if step.has_ended else ""


def asked(step: WorkflowStep) -> str:
    """A title for the timeline, and on the next line what it is about."""
    return f"Needs a decision\n{step.name or step.identifier}"[:500]


def tell_end(step: WorkflowStep, decision: Decision | None) -> None:
    """Into the timeline: who decided, when, and what they noted. What was stopped is told by the job's own end."""
    if step.status in {"successful", "failed"}:
        kind = Kind.APPROVED if step.status == "successful" else Kind.DENIED
        note = decision.note if decision and decision.note else step.name or step.identifier
        step.job.note(kind, f"{ending(step)}\n{note}"[:500], at=step.finished_at)


def close(decision: Decision, *, taken: bool, step: WorkflowStep) -> None:
    """Tower has acted on it, or did not need it any more; call it in a transaction."""
    state = Decision.State.TAKEN if taken else Decision.State.VOID
    told = "" if taken else ending(step)
    open_ = Decision.objects.filter(pk=decision.pk, state=decision.state)
    if open_.update(state=state, explanation=told, claimed_until=None) == 1 and not taken:
        step.job.note(Kind.TOO_LATE, f"{decision.who}’s decision came too late\n{told}"[:500])
