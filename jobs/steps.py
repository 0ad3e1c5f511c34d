"""A workflow's steps: what Tower shows of them, written down. Each change is a short transaction, without Tower."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from catalog.models import Controller
from jobs import signing, versions
from jobs.models import Decision, Job, TimelineEntry, WorkflowStep
from jobs.models.workflow import APPROVAL, STEP_ENDED
from portal.tower.records import JobRecord
from portal.tower.workflows import ApprovalRecord, NodeRecord

Kind = TimelineEntry.Kind
RESULTS = {Decision.Choice.APPROVE: "successful", Decision.Choice.DENY: "failed"}


def may_have_moved(steps: Sequence[WorkflowStep]) -> bool:
    """Whether the turn of a step may have come that has not begun: only then the nodes need to be read again."""
    if not steps:
        return True
    return any(_may_begin(step, steps) for step in steps if step.tower_id is None and not step.skipped)


def _may_begin(step: WorkflowStep, steps: Sequence[WorkflowStep]) -> bool:
    node = step.node_id
    before = [one for one in steps if node in (*one.on_success, *one.on_failure, *one.always)]
    if all(one.skipped or one.has_ended for one in before):
        return True
    return any(one.has_ended and node in _led_to(one) for one in before)


def _led_to(step: WorkflowStep) -> list[int]:
    return [*step.always, *(step.on_success if step.status == "successful" else step.on_failure)]


def mirror(job: Job, nodes: Sequence[NodeRecord]) -> None:
    """Write what Tower says of a workflow's nodes.

    An approval that has ended there still waits here until `settle` tells who ended it.
    """
    ours = WorkflowStep.objects.filter(job=job)
    known = set(ours.values_list("node_id", flat=True))
    with transaction.atomic():
        missing = [WorkflowStep(job=job, node_id=node.id) for node in nodes if node.id not in known]
        WorkflowStep.objects.bulk_create(missing, ignore_conflicts=True)
        rows = {step.node_id: step for step in ours.all()}
        taken = [_take(job, rows[node.id], _news(rows[node.id], node)) for node in nodes]
        if missing or True in taken:
            publish(job)


def observe(controller: Controller, records: Iterable[JobRecord]) -> None:
    """Write what Tower says of the jobs of steps."""
    by_id = {record.id: record for record in records}
    rows = WorkflowStep.objects.filter(job__controller=controller, tower_id__in=by_id).exclude(kind=APPROVAL)
    for step in rows.exclude(status__in=STEP_ENDED).select_related("job"):
        record = by_id[step.tower_id or 0]
        seen: dict[str, Any] = {"status": record.status, "started_at": record.started, "finished_at": record.finished}
        if record.status in STEP_ENDED:
            seen["elapsed"] = record.elapsed
        with transaction.atomic():
            if _take(step.job, step, _differences(step, seen)):
                publish(step.job)


def expect(step: WorkflowStep, approval: ApprovalRecord) -> None:
    """It still waits, until then."""
    if step.expires_at != approval.expires or step.started_at != approval.started:
        WorkflowStep.objects.filter(pk=step.pk).update(expires_at=approval.expires, started_at=approval.started)


def settle(step: WorkflowStep, approval: ApprovalRecord) -> bool:
    """Tell how an approval ended and who ended it, once; False while it waits.

    A decision made here counts as the one that Tower acted on if it may have reached Tower, and Tower names our account
    or nobody.
    """
    if approval.status not in STEP_ENDED:
        return False
    with transaction.atomic():
        decision = Decision.objects.filter(step=step).select_related("by").first()
        ours = decision is not None and _is_ours(decision, approval, step.job.controller.account_id)
        who = decision.who if ours and decision else f"{approval.decided_by} in Tower" if approval.decided_by else ""
        changes = {
            "status": approval.status,
            "timed_out": approval.timed_out,
            "started_at": approval.started,
            "finished_at": approval.finished,
            "decided_by": "" if approval.timed_out else who[:150],
        }
        if _take(step.job, step, changes):
            signing.tell_end(step, decision if ours else None)
        if decision and decision.is_open:
            signing.close(decision, taken=ours, step=step)
        publish(step.job)
    return True


def _is_ours(decision: Decision, approval: ApprovalRecord, account: int | None) -> bool:
    under_way = decision.state == Decision.State.SENDING and bool((decision.attempt or {}).get("open"))
    if decision.state == Decision.State.VOID or approval.timed_out or not (decision.attempts or under_way):
        return False
    same = approval.status == RESULTS[Decision.Choice(decision.choice)]
    return same and approval.decided_by_id in {None, account}


def publish(job: Job) -> None:
    """The steps of a job have changed: keep what its row shows of them, and let the pages know."""
    steps = list(WorkflowStep.objects.filter(job=job).select_related("decision__by"))
    state, who = signing.standing(steps)
    Job.objects.filter(pk=job.pk).update(sign_off=state, signed_by=who, changed_at=timezone.now())
    versions.raise_version()


def _news(step: WorkflowStep, node: NodeRecord) -> dict[str, Any]:
    seen: dict[str, Any] = {
        "identifier": node.identifier[:512],
        "name": node.name[:512],
        "kind": node.kind[:30],
        "tower_id": node.job_id,
        "status": node.status[:30],
        "skipped": node.do_not_run,
        "on_success": list(node.success),
        "on_failure": list(node.failure),
        "always": list(node.always),
    }
    if node.kind == APPROVAL and node.status in STEP_ENDED:
        seen["status"] = "pending"
    elif node.status in STEP_ENDED:
        seen["elapsed"] = node.elapsed
    return _differences(step, seen)


def _differences(step: WorkflowStep, seen: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in seen.items() if getattr(step, name) != value}


def _take(job: Job, step: WorkflowStep, changes: dict[str, Any]) -> bool:
    """Write changes if nobody else did meanwhile; what has ended stays as it ended."""
    if not changes or step.has_ended:
        return False
    asks = not step.waits_for_decision
    if WorkflowStep.objects.filter(pk=step.pk, status=step.status).update(**changes) != 1:
        return False
    for name, value in changes.items():
        setattr(step, name, value)
    if asks and step.waits_for_decision:
        job.note(Kind.ASKED, signing.asked(step))
    return True
