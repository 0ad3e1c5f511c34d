"""Templates as the API shows them."""

from typing import Any

from demo.tower import jobs, launchform, links, oldshapes
from demo.tower.call import Call
from demo.tower.ledger import Job
from demo.tower.world import Template

SUBRESOURCES = ("labels", "schedules", "activity_stream", "launch", "webhook_key", "notification_templates_started",
                "notification_templates_success", "notification_templates_error", "access_list", "survey_spec",
                "object_roles", "copy")  # fmt: skip
OF_JOB_TEMPLATES = ("credentials", "jobs", "instance_groups", "slice_workflow_jobs")
OF_WORKFLOWS = ("workflow_jobs", "workflow_nodes", "notification_templates_approvals")
ROLES = {
    "admin_role": ("Admin", "Can manage all aspects of the {}"),
    "execute_role": ("Execute", "May run the {}"),
    "read_role": ("Read", "May view settings for the {}"),
}
APPROVAL = {"approval_role": ("Approve", "Can approve or deny a workflow approval node")}


def row(call: Call, template: Template) -> dict[str, Any]:
    """A template as a list shows it."""
    recent = [job for job in reversed(list(call.tower.ledger.jobs.values())) if job.template == template.id]
    last = next((job for job in recent if job.ended), None)
    head = {"id": template.id, "type": template.kind, "url": links.template_url(call, template)}
    shape = head | {"related": _related(call, template, recent), "summary_fields": _summary(call, template, recent)}
    shape |= {"created": template.created, "modified": template.modified, "name": template.name}
    shape |= {"description": template.description, **template.values, "extra_vars": template.extra_vars}
    shape |= {"organization": call.tower.world.organization_id, "last_job_run": last.finished if last else None}
    shape |= {"last_job_failed": bool(last and last.failed), "next_job_run": None}
    shape |= {"status": recent[0].status if recent else "never updated", **launchform.asks(template)}
    shape |= {"survey_enabled": template.survey_enabled, "allow_simultaneous": template.allow_simultaneous}
    shape |= {"webhook_service": "", "webhook_credential": None}
    if template.is_workflow:
        return oldshapes.row(call, shape)
    more = {
        "project": template.project, "playbook": template.playbook, "force_handlers": False, "start_at_task": "",
        "use_fact_cache": False, "host_config_key": template.host_config_key, "become_enabled": False,
        "custom_virtualenv": None, "prevent_instance_group_fallback": False,
    }  # fmt: skip
    return oldshapes.row(call, shape | more)


def detail(call: Call, template: Template) -> dict[str, Any]:
    """A template as its own page shows it."""
    shape = row(call, template)
    name = f"{template.name}++{call.tower.world.organization}"
    shape["related"] = {"named_url": call.url(f"{template.kind}s", name), **shape["related"]}
    if not template.is_workflow:
        shape["summary_fields"]["resolved_environment"] = jobs.environment()
    return shape


def _related(call: Call, template: Template, recent: list[Job]) -> dict[str, Any]:
    world, kind = call.tower.world, f"{template.kind}s"
    found = {name: call.url("users", 1) for name in ("created_by", "modified_by")}
    found["organization"] = call.url("organizations", world.organization_id)
    if template.values["inventory"] in world.inventories:
        found["inventory"] = call.url("inventories", template.values["inventory"])
    if template.project:
        found["project"] = call.url("projects", template.project)
    for name, job in _first_jobs(recent).items():
        found[name] = links.job_url(call, job)
    if template.host_config_key:
        found["callback"] = call.url(kind, template.id, "callback")
    extra = OF_WORKFLOWS if template.is_workflow else OF_JOB_TEMPLATES
    return (
        found | {name: call.url(kind, template.id, name) for name in (*SUBRESOURCES, *extra)} | {"webhook_receiver": ""}
    )


def _first_jobs(recent: list[Job]) -> dict[str, Job]:
    """The job that runs now, and the one that ended last."""
    found = {"current_job": next((job for job in recent if not job.ended), None)}
    found["last_job"] = next((job for job in recent if job.ended), None)
    return {name: job for name, job in found.items() if job}


def _summary(call: Call, template: Template, recent: list[Job]) -> dict[str, Any]:
    found: dict[str, Any] = {"organization": links.organization(call)}
    if summary := links.inventory(call, template.values["inventory"]):
        found["inventory"] = summary
    if not template.is_workflow:
        found["project"] = links.project(call)
    if last := _first_jobs(recent).get("last_job"):
        line = {"id": last.id, "name": last.name, "description": last.description, "status": last.status}
        found["last_job"] = line | {"finished": last.finished, "failed": last.failed}
        found["last_update"] = line | {"failed": last.failed}
    found |= {"created_by": links.user(call, 1), "modified_by": links.user(call, 1), "object_roles": _roles(template)}
    admin, run = call.who.superuser and call.may_write, call.may_write
    found["user_capabilities"] = {"edit": admin, "delete": admin, "start": run, "schedule": run, "copy": admin}
    found["labels"] = links.labels(call, template.labels)
    if template.survey:
        title = {"title": template.survey["name"], "description": template.survey["description"]}
        found["survey"] = title
    found["recent_jobs"] = [
        {"id": job.id, "status": job.status, "finished": job.finished, "canceled_on": job.canceled_on, "type": job.type}
        for job in recent[:10]
    ]
    return found if template.is_workflow else found | {"credentials": links.credentials(call, template.credentials)}


def _roles(template: Template) -> dict[str, Any]:
    noun = template.kind.replace("_", " ")
    roles = ROLES | (APPROVAL if template.is_workflow else {})
    return {
        key: {"description": text.format(noun), "name": name, "id": template.id * 10 + number}
        for number, (key, (name, text)) in enumerate(roles.items())
    }
