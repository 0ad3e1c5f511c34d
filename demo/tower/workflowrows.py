"""Workflow jobs as the API shows them."""

import json
from typing import Any

from demo.tower import jobcommon, links
from demo.tower.call import Call
from demo.tower.ledger import Job

SUBRESOURCES = ("notifications", "workflow_nodes", "labels", "activity_stream", "relaunch", "cancel")


def row(call: Call, job: Job) -> dict[str, Any]:
    """A workflow job as the API shows it."""
    template = call.tower.template_of(job)
    who = ("created_by", "modified_by") if job.created_by else ()
    link, line = jobcommon.origin(call, job)
    related = dict.fromkeys(who, call.url("users", job.created_by)) | link
    summary: dict[str, Any] = {"organization": links.organization(call)}
    if job.is_sliced and (inventory := links.inventory(call, job.values.get("inventory"))):
        summary["inventory"] = inventory
    key = "job_template" if job.is_sliced else "workflow_job_template"
    if template:
        related |= dict.fromkeys(("unified_job_template", key), links.template_url(call, template))
        summary |= {key: links.template(template), "unified_job_template": links.template(template, unified=True)}
    summary |= dict.fromkeys(who, links.user(call, job.created_by)) | line
    summary["user_capabilities"] = {"delete": call.who.superuser, "start": call.may_write}
    summary["labels"] = links.labels(call, job.labels)
    shape = {"id": job.id, "type": "workflow_job", "url": links.job_url(call, job)}
    names = SUBRESOURCES[1:] if job.is_sliced else SUBRESOURCES
    shape["related"] = related | {name: call.url("workflow_jobs", job.id, name) for name in names}
    shape |= {"summary_fields": summary, "created": job.created, "modified": job.modified, "name": job.name}
    shape |= {"description": job.description, **jobcommon.common(call, job)}
    shape["workflow_job_template"] = template.id if template and not job.is_sliced else None
    shape |= {"extra_vars": json.dumps(job.extra_vars), "allow_simultaneous": job.allow_simultaneous}
    shape |= {"job_template": job.template if job.is_sliced else None, "is_sliced_job": job.is_sliced}
    prompts = ("inventory", "limit", "scm_branch", "skip_tags", "job_tags")
    shape |= {name: job.values.get(name) for name in prompts}
    return shape | {"webhook_service": "", "webhook_credential": None, "webhook_guid": ""}
