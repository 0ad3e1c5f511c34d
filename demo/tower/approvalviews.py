"""Views of workflow approvals: the list, one of them, and the decision."""

from typing import Any

from werkzeug.wrappers import Response

from demo.tower import approvals, jobcommon, links, models
from demo.tower.answers import Refused, forbidden
from demo.tower.call import Call
from demo.tower.ledger import Job
from demo.tower.listing import listing

DECIDED = "This workflow step has already been approved or denied."
DETAIL_ONLY = ("job_args", "job_cwd", "job_env", "result_traceback")


def pending(call: Call) -> dict[str, Any]:
    """GET workflow_approvals/: all of them, unless the query says `status=pending`."""
    tower = call.tower
    with tower.ledger.lock:
        jobs = list(tower.ledger.jobs.values())
        rows = [job for job in jobs if job.type == "workflow_approval" and tower.sees(call.who, job)]
        return listing(call, models.job_model(tower, "WorkflowApproval"), rows, _row)


def detail(call: Call, pk: int) -> dict[str, Any]:
    """GET workflow_approvals/N/."""
    approval = call.job("workflow_approval", pk)
    shape = _shape(call, approval)
    if workflow := call.tower.ledger.jobs.get(approval.workflow or 0):
        line = {"id": workflow.id, "name": workflow.name, "type": workflow.type, "url": links.job_url(call, workflow)}
        shape["summary_fields"]["ancestor_job"] = line
    return shape | {"event_processing_finished": True}


def form(call: Call, pk: int) -> dict[str, Any]:
    """GET approve/ and deny/."""
    return {"job_explanation": call.job("workflow_approval", pk).job_explanation}


def approve(call: Call, pk: int) -> Response:
    """POST approve/."""
    return _decide(call, pk, yes=True)


def deny(call: Call, pk: int) -> Response:
    """POST deny/."""
    return _decide(call, pk, yes=False)


def _decide(call: Call, pk: int, *, yes: bool) -> Response:
    """204; 400 for one that was decided, and for one that does not exist; 403 without the role."""
    approval = call.tower.ledger.jobs.get(pk)
    if approval is None or approval.type != "workflow_approval":
        raise Refused(400, {"detail": "WorkflowApproval matching query does not exist."})
    if not _may_decide(call, approval):
        raise forbidden()
    if not approvals.decide(call.tower, approval, approve=yes, by=call.who.id):
        raise Refused(400, {"error": DECIDED})
    return Response(status=204)


def _may_decide(call: Call, approval: Job) -> bool:
    workflow = call.tower.ledger.jobs.get(approval.workflow or 0)
    return workflow is not None and call.who.may_approve(call.tower.template_of(workflow))


def _row(call: Call, approval: Job) -> dict[str, Any]:
    return {name: value for name, value in _shape(call, approval).items() if name not in DETAIL_ONLY}


def _shape(call: Call, approval: Job) -> dict[str, Any]:
    template = call.url("workflow_approval_templates", approval.template)
    here = links.job_url(call, approval)
    related = {
        "created_by": call.url("users", approval.created_by), "unified_job_template": template,
        "source_workflow_job": call.url("workflow_jobs", approval.workflow), "workflow_approval_template": template,
        "approve": f"{here}approve/", "deny": f"{here}deny/",
    }  # fmt: skip
    if approval.decided_by:
        related["approved_or_denied_by"] = call.url("users", approval.decided_by)
    shape = {"id": approval.id, "type": approval.type, "url": here, "related": related}
    shape |= {"summary_fields": _summary(call, approval), "created": approval.created, "modified": approval.modified}
    shape |= {"name": approval.name, "description": approval.description, **jobcommon.common(call, approval)}
    shape |= {"unified_job_template": approval.template, "execution_environment": None}
    open_to_us = approval.status == "pending" and _may_decide(call, approval)
    shape |= {"can_approve_or_deny": open_to_us, "approval_expiration": approvals.expiration(approval)}
    return shape | {"timed_out": approval.timed_out}


def _summary(call: Call, approval: Job) -> dict[str, Any]:
    facts = {"name": approval.name, "description": approval.description}
    found: dict[str, Any] = {
        "workflow_approval_template": {"id": approval.template} | facts | {"timeout": approval.timeout},
        "unified_job_template": links.approval(approval.template or 0, facts),
        "created_by": links.user(call, approval.created_by),
        "user_capabilities": {"delete": call.who.superuser, "start": call.may_write},
    }
    if approval.decided_by:
        found["approved_or_denied_by"] = links.user(call, approval.decided_by)
    if workflow := call.tower.ledger.jobs.get(approval.workflow or 0):
        names = ("id", "name", "description", "status", "failed", "elapsed", "canceled_on")
        line = {name: value for name in names if (value := getattr(workflow, name)) is not None}
        found["source_workflow_job"] = line
        found["workflow_job"] = {name: line[name] for name in names[:3]}
        if template := call.tower.template_of(workflow):
            found["workflow_job_template"] = links.template(template)
    return found
