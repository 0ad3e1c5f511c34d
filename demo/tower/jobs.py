"""Jobs as the API shows them. Rows of lists lack what only the detail has."""

import json
from typing import Any

from demo.tower import jobcommon, links, oldshapes, workflowrows
from demo.tower.call import Call
from demo.tower.ledger import Job

SUBRESOURCES = ("labels", "credentials", "stdout", "job_events", "job_host_summaries", "activity_stream",
                "notifications", "create_schedule", "cancel", "relaunch")  # fmt: skip
DETAIL_ONLY = ("job_args", "job_cwd", "job_env", "result_traceback")


def row(call: Call, job: Job) -> dict[str, Any]:
    """A job as a list shows it."""
    shape = oldshapes.row(call, workflowrows.row(call, job) if job.type == "workflow_job" else _job(call, job))
    return {name: value for name, value in shape.items() if name not in (*DETAIL_ONLY, "event_processing_finished")}


def created(call: Call, job: Job) -> dict[str, Any]:
    """A job as the launch's answer shows it."""
    shape = workflowrows.row(call, job) if job.type == "workflow_job" else _job(call, job)
    shape["related"]["modified_by"] = call.url("users", call.who.id)
    shape["summary_fields"]["modified_by"] = links.user(call, call.who.id)
    return oldshapes.row(call, shape)


def detail(call: Call, job: Job) -> dict[str, Any]:
    """A job as its own page shows it."""
    if job.type == "workflow_job":
        return created(call, job)
    more = {
        "host_status_counts": job.host_status_counts,
        "playbook_counts": {"play_count": job.play_count, "task_count": job.task_count},
        "custom_virtualenv": None,
    }
    return oldshapes.row(call, _job(call, job) | more)


def _job(call: Call, job: Job) -> dict[str, Any]:
    ran = job.modified != job.created or job.started is not None
    place = "awx-local" if ran else ""
    template, inventory = call.tower.template_of(job), job.values.get("inventory")
    shape: dict[str, Any] = {"id": job.id, "type": "job", "url": links.job_url(call, job)}
    shape |= {"related": _related(call, job, ran=ran), "summary_fields": _summary(call, job, ran=ran)}
    shape |= {"created": job.created, "modified": job.modified, "name": job.name, "description": job.description}
    shape |= {"job_type": "run", **job.values, "inventory": inventory, "project": call.tower.world.project_id}
    shape |= {"playbook": job.playbook, "extra_vars": json.dumps(job.extra_vars), "force_handlers": False}
    shape |= {"start_at_task": "", "use_fact_cache": False, "organization": call.tower.world.organization_id}
    shape |= jobcommon.common(call, job)
    shape |= {
        "execution_environment": job.values.get("execution_environment") or (1 if ran else None),
        "execution_node": place,
        "controller_node": place,
    }
    return shape | {
        "event_processing_finished": job.events_done,
        "job_template": template.id if template else None,
        "passwords_needed_to_start": passwords_needed(call, job),
        "allow_simultaneous": job.allow_simultaneous,
        "artifacts": job.artifacts,
        "scm_revision": "",
        "instance_group": 2 if ran else None,
        "job_slice_number": job.slice_number,
        "webhook_service": "",
        "webhook_credential": None,
        "webhook_guid": "",
    }


def passwords_needed(call: Call, job: Job) -> list[str]:
    """The password names that starting the job again takes."""
    known = call.tower.world.credentials
    return [name for pk in job.credentials if pk in known for name in known[pk].passwords_needed]


def _related(call: Call, job: Job, *, ran: bool) -> dict[str, Any]:
    world, template = call.tower.world, call.tower.template_of(job)
    found = {"created_by": call.url("users", job.created_by)} if job.created_by else {}
    if not ran and job.created_by:
        found["modified_by"] = found["created_by"]
    if job.values.get("inventory") in world.inventories:
        found["inventory"] = call.url("inventories", job.values["inventory"])
    found |= {"project": call.url("projects", world.project_id)}
    found |= {"organization": call.url("organizations", world.organization_id)}
    if template:
        found |= dict.fromkeys(("unified_job_template", "job_template"), links.template_url(call, template))
    if ran:
        found["execution_environment"] = call.url("execution_environments", 1)
    if job.workflow:
        found["source_workflow_job"] = call.url("workflow_jobs", job.workflow)
    return found | {name: call.url("jobs", job.id, name) for name in SUBRESOURCES}


def _summary(call: Call, job: Job, *, ran: bool) -> dict[str, Any]:
    template = call.tower.template_of(job)
    found: dict[str, Any] = {"organization": links.organization(call)}
    if summary := links.inventory(call, job.values.get("inventory")):
        found["inventory"] = summary
    found["project"] = links.project(call)
    if template:
        found["job_template"] = links.template(template)
        found["unified_job_template"] = links.template(template, unified=True)
    if ran:
        found["execution_environment"] = environment()
        found["instance_group"] = {"id": 2, "name": "default", "is_container_group": False}
    if job.workflow and (parent := call.tower.ledger.jobs.get(job.workflow)):
        line = ("id", "name", "description", "status", "failed", "elapsed")
        found["source_workflow_job"] = {name: getattr(parent, name) for name in line}
    if job.created_by:
        names = ("created_by",) if ran else ("created_by", "modified_by")  # the dispatcher's changes are nobody's
        found |= dict.fromkeys(names, links.user(call, job.created_by))
    found["user_capabilities"] = {"delete": call.who.superuser, "start": call.may_write}
    found["labels"] = links.labels(call, job.labels)
    return found | {"credentials": links.credentials(call, job.credentials)}


def environment() -> dict[str, Any]:
    """The execution environment, by the name AWX gives its own."""
    return {"id": 1, "name": "AWX EE (latest)", "description": "", "image": "quay.io/ansible/awx-ee:latest"}
