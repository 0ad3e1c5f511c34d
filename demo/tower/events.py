"""Job events and host summaries as the API shows them."""

from typing import Any

from demo.tower import links, models
from demo.tower.call import Call
from demo.tower.ledger import Job
from demo.tower.listing import listing

CUT = 1024
DISPLAY = {
    "playbook_on_start": "Playbook Started", "playbook_on_play_start": "Play Started",
    "playbook_on_task_start": "Task Started", "playbook_on_stats": "Playbook Complete",
    "playbook_on_no_hosts_matched": "No Hosts Matched", "playbook_on_include": "Including File",
    "playbook_on_vars_prompt": "Variables Prompted", "playbook_on_handler_task_start": "Handlers Started",
    "runner_on_start": "Host Started", "runner_on_ok": "Host OK", "runner_on_failed": "Host Failed",
    "runner_on_unreachable": "Host Unreachable", "runner_on_skipped": "Host Skipped", "runner_retry": "Host Retry",
    "runner_item_on_ok": "Item OK", "runner_item_on_failed": "Item Failed", "runner_item_on_skipped": "Item Skipped",
    "verbose": "Verbose", "warning": "Warning", "deprecated": "Deprecated", "error": "Error", "debug": "Debug",
}  # fmt: skip
LEVELS = {"playbook_on_start": 0, "playbook_on_stats": 1, "playbook_on_play_start": 1, "playbook_on_task_start": 2}


def get(call: Call, pk: int) -> dict[str, Any]:
    """GET jobs/N/job_events/."""
    job = call.job("job", pk)
    rows = [event | {"id": one} for one, event in call.tower.store.events(job.id)]
    return listing(call, models.EVENT, rows, lambda call, event: row(call, job, event), order="start_line")


def row(call: Call, job: Job, event: dict[str, Any]) -> dict[str, Any]:
    """One event. Long texts are cut unless the request says no_truncate; playbook_on_* never."""
    text = event["stdout"]
    if len(text) > CUT and not event["event"].startswith("playbook_on") and not call.request.args.get("no_truncate"):
        text = text[:CUT] + "\u2026"
    here, host = call.url("job_events", event["id"]), host_of(call, job, event["host_name"])
    related = {"job": links.job_url(call, job), "children": f"{here}children/"}
    summary: dict[str, Any] = {"job": links.job(job), "role": {}}
    if host:
        related["host"] = call.url("hosts", host["id"])
        summary = {"host": host, **summary}
    return {
        "id": event["id"], "type": "job_event", "url": here, "related": related, "summary_fields": summary,
        "created": event["created"], "modified": event["created"], "job": job.id, "event": event["event"],
        "counter": event["counter"], "event_display": DISPLAY.get(event["event"], event["event"]),
        "event_data": event["event_data"], "event_level": LEVELS.get(event["event"], 3 if event["host_name"] else 0),
        "failed": event["failed"], "changed": event["changed"], "uuid": event["uuid"],
        "parent_uuid": event["parent_uuid"], "host": host["id"] if host else None, "host_name": event["host_name"],
        "playbook": event["playbook"], "play": event["play"], "task": event["task"], "role": event["role"],
        "stdout": text, "start_line": event["start_line"], "end_line": event["end_line"], "verbosity": 0,
    }  # fmt: skip


def host_of(call: Call, job: Job, name: str) -> dict[str, Any]:
    """A host of the job's inventory in a line; {} when it is unknown."""
    inventory = call.tower.world.inventories.get(job.values.get("inventory") or 0)
    for host in inventory.hosts if inventory else []:
        if host.name == name:
            return {"id": host.id, "name": host.name, "description": host.description}
    return {}


def host_summaries(call: Call, pk: int) -> dict[str, Any]:
    """GET jobs/N/job_host_summaries/."""
    job = call.job("job", pk)
    return listing(call, models.HOST_SUMMARY, job.hosts, lambda call, one: _summary(call, job, one), order="-id")


def _summary(call: Call, job: Job, one: dict[str, Any]) -> dict[str, Any]:
    host = host_of(call, job, one["host_name"])
    related = {"job": links.job_url(call, job)} | ({"host": call.url("hosts", host["id"])} if host else {})
    counts = {key: one.get(key, 0) for key in
              ("changed", "dark", "failures", "ok", "processed", "skipped", "ignored", "rescued")}  # fmt: skip
    return {
        "id": one["id"], "type": "job_host_summary", "url": call.url("job_host_summaries", one["id"]),
        "related": related, "summary_fields": ({"host": host} if host else {}) | {"job": links.job(job)},
        "created": job.finished or job.modified, "modified": job.finished or job.modified, "job": job.id,
        "host": host["id"] if host else None, "constructed_host": None, "host_name": one["host_name"],
        "failed": one["failed"], **counts,
    }  # fmt: skip
