"""Views of jobs: lists, details, cancel, relaunch, deletion, workflow nodes."""

import re
from typing import Any

from werkzeug.wrappers import Response

from demo.tower import events, jobs, launch, links, models, workflows
from demo.tower.answers import Refused, forbidden, not_allowed
from demo.tower.call import Call
from demo.tower.ledger import Job
from demo.tower.listing import listing

LINKED = ("success", "failure", "always")


def unified(call: Call) -> dict[str, Any]:
    """GET unified_jobs/."""
    return _list(call, "UnifiedJob", ("job", "workflow_job"))


def job_list(call: Call) -> dict[str, Any]:
    """GET jobs/."""
    return _list(call, "Job", ("job",))


def workflow_list(call: Call) -> dict[str, Any]:
    """GET workflow_jobs/."""
    return _list(call, "WorkflowJob", ("workflow_job",))


def of_template(call: Call, pk: int) -> dict[str, Any]:
    """GET job_templates/N/jobs/."""
    template = call.template("job_template", pk)
    return _list(call, "Job", ("job",), template=template.id)


def of_workflow(call: Call, pk: int) -> dict[str, Any]:
    """GET workflow_job_templates/N/workflow_jobs/."""
    template = call.template("workflow_job_template", pk)
    return _list(call, "WorkflowJob", ("workflow_job",), template=template.id)


def _list(call: Call, name: str, types: tuple[str, ...], template: int | None = None) -> dict[str, Any]:
    tower = call.tower
    with tower.ledger.lock:
        rows = [job for job in tower.ledger.jobs.values() if job.type in types and tower.sees(call.who, job)]
        if template is not None:
            rows = [job for job in rows if job.template == template]
        return listing(call, models.job_model(tower, name), rows, jobs.row)


def detail(call: Call, kind: str, pk: int) -> dict[str, Any]:
    """GET jobs/N/ or workflow_jobs/N/."""
    return jobs.detail(call, call.job(kind, pk))


def delete(call: Call, kind: str, pk: int) -> Response:
    """DELETE jobs/N/: for superusers."""
    job = call.job(kind, pk)
    call.demand_superuser()
    if not job.ended:
        raise Refused(403, {"detail": "Cannot delete running job resource."})
    call.tower.ledger.delete(job)
    return Response(status=204)


def cancel_form(call: Call, kind: str, pk: int) -> dict[str, Any]:
    """GET cancel/."""
    job = call.job(kind, pk)
    shape: dict[str, Any] = {"can_cancel": not job.ended}
    return shape | ({"job_explanation": job.job_explanation} if kind == "workflow_job" else {})


def cancel(call: Call, kind: str, pk: int) -> Response:
    """POST cancel/: 202 is a request. What has ended is 405 for a superuser and 403 for the others."""
    job = call.job(kind, pk)
    if not call.who.superuser and (job.created_by != call.who.id or job.ended):
        raise forbidden()
    if job.ended:
        raise not_allowed("POST")
    ledger = call.tower.ledger
    ledger.request_cancel(job)
    for node in job.nodes:
        child = ledger.jobs.get(node["job"] or 0)
        if child and not child.ended:
            ledger.request_cancel(child)
    if job.type == "workflow_job":
        workflows.advance(call.tower, job)
    return Response(status=202)


def create_schedule(call: Call, pk: int) -> dict[str, Any]:
    """GET create_schedule/: whether the job's launch can be planned again, and with what."""
    job = call.job("job", pk)
    can = bool(call.tower.template_of(job)) and not jobs.passwords_needed(call, job)
    return {"can_schedule": can, "prompts": job.prompts}


def relaunch_form(call: Call, pk: int) -> dict[str, Any]:
    """GET relaunch/: what it takes, and how many hosts there are to run on again."""
    job = call.job("job", pk)
    counts: Any = {"all": len(job.hosts), "failed": sum(host["failed"] for host in job.hosts)}
    if not job.ended:
        counts = f"Relaunch by host status not available until job finishes running ({job.status})."
    return {"passwords_needed_to_start": jobs.passwords_needed(call, job), "retry_counts": counts}


def relaunch(call: Call, pk: int) -> Response:
    """POST relaunch/: the same again, with the same answers, in today's template."""
    job, body = call.job("job", pk), call.body()
    needed = jobs.passwords_needed(call, job)
    given = body.get("credential_passwords") or {}
    lacking = [name for name in needed if not given.get(name)]
    if lacking:
        raise Refused(400, {"credential_passwords": [f"Missing passwords needed to start: {', '.join(lacking)}"]})
    values = dict(job.values)
    if (hosts := body.get("hosts", "all")) != "all":
        values["limit"] = _failed_hosts(job, hosts)
    if values.get("inventory") not in call.tower.world.inventories:
        raise Refused(400, {"errors": ["Job Template Inventory is missing or undefined."]})
    secrets = {"vars": call.tower.ledger.secrets(job)["vars"], "passwords": {name: given[name] for name in needed}}
    again = call.tower.ledger.create("job", secrets, **_same_again(call, job) | {"values": values})
    return launch.launched(call, again, None)


def _failed_hosts(job: Job, hosts: Any) -> str:
    if hosts != "failed":
        raise Refused(400, {"hosts": [f'"{hosts}" is not a valid choice.']})
    if not job.ended:
        raise Refused(400, {"hosts": [f"Wait until job finishes before retrying on {hosts} hosts."]})
    names = sorted(host["host_name"] for host in job.hosts if host["failed"])
    if not names:
        raise Refused(400, {"hosts": [f"Cannot relaunch because previous job had 0 {hosts} hosts."]})
    return ",".join(names)


def relaunch_workflow(call: Call, pk: int) -> Response:
    """POST workflow_jobs/N/relaunch/."""
    job = call.job("workflow_job", pk)
    template = call.tower.template_of(job)
    nodes = workflows.plan(call.tower, template) if template and not job.is_sliced else []
    secrets = call.tower.ledger.secrets(job)
    again = call.tower.ledger.create("workflow_job", secrets, nodes=nodes, **_same_again(call, job))
    answer = launch.launched(call, again, None)
    answer.set_data(re.sub(r'^\{"workflow_job": \d+, ', "{", answer.get_data(as_text=True)))
    return answer


def _same_again(call: Call, job: Job) -> dict[str, Any]:
    names = ("template", "name", "description", "playbook", "values", "allow_simultaneous", "extra_vars")
    same = {name: getattr(job, name) for name in names}
    lists = {"credentials": list(job.credentials), "labels": list(job.labels)}
    return same | lists | {"launch_type": "relaunch", "created_by": call.who.id}


def nodes(call: Call, pk: int) -> dict[str, Any]:
    """GET workflow_jobs/N/workflow_nodes/."""
    job = call.job("workflow_job", pk)
    return listing(call, models.NODE, job.nodes, lambda call, node: _node(call, job, node))


def _node(call: Call, workflow: Job, node: dict[str, Any]) -> dict[str, Any]:
    child = call.tower.ledger.jobs.get(node["job"] or 0)
    template, approval = call.tower.world.templates.get(node["template"]), node.get("approval")
    here = call.url("workflow_job_nodes", node["id"])
    lists = (*(f"{kind}_nodes" for kind in LINKED), "labels", "credentials", "instance_groups")
    related = {name: f"{here}{name}/" for name in lists}
    related["workflow_job"] = links.job_url(call, workflow)
    line = {"id": workflow.id, "name": workflow.name, "description": workflow.description}
    summary: dict[str, Any] = {"workflow_job": line}
    if template:
        related["unified_job_template"] = links.template_url(call, template)
        summary["unified_job_template"] = links.template(template, unified=True)
    if approval:
        related["unified_job_template"] = call.url("workflow_approval_templates", node["template"])
        summary["unified_job_template"] = links.approval(node["template"], approval)
    if child:
        related["job"] = links.job_url(call, child)
        names = ["id", "name", "description", "status", "failed", "elapsed", "type", "canceled_on"]
        line = {name: getattr(child, name) for name in names + ["timed_out"] * bool(approval)}
        summary["job"] = {name: value for name, value in line.items() if value is not None}
    prompts = ("inventory", "scm_branch", "job_type", "job_tags", "skip_tags", "limit", "diff_mode", "verbosity",
               "execution_environment", "forks", "job_slice_count", "timeout")  # fmt: skip
    return {
        "id": node["id"], "type": "workflow_job_node", "url": here, "related": related, "summary_fields": summary,
        "created": workflow.created, "modified": child.created if child else workflow.created,
        "extra_data": node["extra_data"], **dict.fromkeys(prompts), "job": node["job"], "workflow_job": workflow.id,
        "unified_job_template": node["template"], **{f"{kind}_nodes": node[kind] for kind in LINKED},
        "all_parents_must_converge": False, "do_not_run": node["do_not_run"], "identifier": node["identifier"],
    }  # fmt: skip


def subresource(call: Call, kind: str, pk: int, name: str) -> dict[str, Any]:
    """GET jobs/N/credentials/ and jobs/N/labels/."""
    job = call.job(kind, pk)
    rows = (
        links.credentials(call, job.credentials) if name == "credentials" else links.labels(call, job.labels)["results"]
    )
    return {"count": len(rows), "next": None, "previous": None, "results": rows}


job_events, host_summaries = events.get, events.host_summaries
