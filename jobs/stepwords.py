"""The steps of a workflow in plain words, in the order in which they come."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils import timezone

from jobs import signing
from jobs.models import Decision, Job, WorkflowStep
from jobs.wording import label
from portal.templatetags.look import duration

DEEPEST = 3
_MADE_BY_TOWER = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}|\d*")

WORDS = {
    "new": ("Waiting", "wait"),
    "pending": ("Waiting for a free slot", "wait"),
    "waiting": ("Waiting for a free slot", "wait"),
    "running": ("Running", "run"),
    "successful": ("Done", "done"),
    "failed": ("Failed", "fail"),
    "error": ("Could not be started", "fail"),
    "canceled": ("Stopped", "stopped"),
}


@dataclass(frozen=True)
class Shown:
    """A step as the page shows it; `when` says under which condition it comes, `depth` how far aside it stands."""

    step: WorkflowStep
    title: str
    word: str
    state: str
    line: str
    when: str
    depth: int
    may_be_opened: bool
    may_be_decided: bool


def shown(job: Job, *, decides: bool) -> list[Shown]:
    """The steps, each after one that leads to it. `decides`: the person who looks may decide approvals."""
    steps = list(job.steps.select_related("decision__by"))
    found = []
    before: WorkflowStep | None = None
    for step, depth in _in_order(steps):
        word, state, line = _state(job, step)
        found.append(
            Shown(
                step=step,
                title=title(step),
                word=word,
                state=state,
                line=line,
                when=_when(step, steps, before),
                depth=min(depth, DEEPEST),
                may_be_opened=step.kind == "job" and bool(step.tower_id) and step.status not in {"new", "pending"},
                may_be_decided=decides
                and job.is_active
                and step.waits_for_decision
                and signing.decision_of(step) is None,
            )
        )
        before = step
    return found


def title(step: WorkflowStep) -> str:
    """What its maker called it, or else the template's name."""
    if step.is_approval:
        return step.name or label(step.identifier)
    name = step.name if _MADE_BY_TOWER.fullmatch(step.identifier) else step.identifier
    return label(name.replace("-", "_").replace(" ", "_")) if name.islower() or "_" in name else name


def _state(job: Job, step: WorkflowStep) -> tuple[str, str, str]:
    if step.is_approval and step.status:
        return _approval(job, step)
    if step.skipped:
        return "Skipped", "skipped", ""
    if not step.status:
        return ("Waiting its turn", "todo", "") if job.is_active else ("Not run", "skipped", "")
    word, state = WORDS.get(step.status, (step.status, "wait"))
    took = f"Took {duration(step.elapsed)}" if step.has_ended and step.elapsed is not None else ""
    return word, state, took


def _approval(job: Job, step: WorkflowStep) -> tuple[str, str, str]:
    decision = signing.decision_of(step)
    if step.has_ended:
        note = f"“{decision.note}”" if decision and decision.note and decision.state == Decision.State.TAKEN else ""
        if step.status == "successful":
            return signing.ending(step), "done", note
        return signing.ending(step), "stopped", note
    if not job.is_active:
        return signing.STOPPED, "stopped", ""
    if decision is None or decision.state == Decision.State.VOID:
        return asked_in(job), "sign", _until(step)
    done = "Approved" if decision.choice == Decision.Choice.APPROVE else "Denied"
    word = f"{done} by {decision.who}"
    if decision.state == Decision.State.IN_DOUBT:
        return word, "doubt", "No answer from Tower yet. It is being checked"
    return word, "run", decision.explanation or "Being told to Tower"


def asked_in(job: Job) -> str:
    """The words for an approval that waits: here, if somebody may decide it here."""
    return "Needs a decision" if job.tile.approvers.all() else "Needs a decision in Tower"


def _until(step: WorkflowStep) -> str:
    if step.expires_at is None:
        return ""
    local = timezone.localtime(step.expires_at)
    return f"If nobody decides by {local:%-d %B, %H:%M}, it is denied by itself"


def _in_order(steps: Sequence[WorkflowStep]) -> Iterator[tuple[WorkflowStep, int]]:
    """Depth first from those that nothing leads to, so that each branch stands together, what fails last."""
    by_node = {step.node_id: step for step in steps}
    led_to = {node for step in steps for node in (*step.on_success, *step.on_failure, *step.always)}
    # What comes first is taken from the end.
    left = [(step, 0) for step in reversed(steps) if step.node_id not in led_to]
    seen: set[int] = set()
    while left:
        step, depth = left.pop()
        if step.node_id in seen:
            continue
        seen.add(step.node_id)
        yield step, depth
        branches = [(step.on_failure, depth + 1), (step.always, depth), (step.on_success, depth)]
        for nodes, aside in branches:
            left += [(by_node[node], aside) for node in reversed(nodes) if node in by_node]
    yield from ((step, 0) for step in steps if step.node_id not in seen)


def _when(step: WorkflowStep, steps: Sequence[WorkflowStep], before: WorkflowStep | None) -> str:
    """Under which condition it comes; nothing if it simply follows the one above."""
    conditions = []
    for one in steps:
        name = f"“{title(one)}”"
        if step.node_id in one.on_failure:
            conditions.append(f"if {name} is denied" if one.is_approval else f"if {name} fails")
        if step.node_id in one.always:
            conditions.append(f"after {name}, however it ends")
        if step.node_id in one.on_success and not (one is before and len(conditions) == 0):
            conditions.append(f"once {name} is approved" if one.is_approval else f"after {name}")
    text = " or ".join(conditions)
    return text[:1].upper() + text[1:]
