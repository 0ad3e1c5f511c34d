"""What jobs and workflow jobs show alike."""

from typing import Any

from demo.tower.call import Call
from demo.tower.ledger import Job


def launched_by(call: Call, job: Job) -> dict[str, Any]:
    """Who or what launched a job; children of a workflow report the workflow's launcher."""
    schedule = call.tower.schedules.by_id.get(job.schedule or 0)
    if schedule is not None:
        url = call.url("schedules", schedule.id)
        return {"id": schedule.id, "name": schedule.name, "type": "schedule", "url": url}
    found = call.tower.accounts.by_id.get(job.created_by or 0)
    if found is None:
        return {}
    return {"id": found.id, "name": found.username, "type": "user", "url": call.url("users", found.id)}


def common(call: Call, job: Job) -> dict[str, Any]:
    """What all kinds of jobs show, between `description` and `work_unit_id`."""
    return {
        "unified_job_template": job.template if call.tower.template_of(job) else None,
        "launch_type": job.launch_type,
        "status": job.status,
        "failed": job.failed,
        "started": job.started,
        "finished": job.finished,
        "canceled_on": job.canceled_on,
        "elapsed": job.elapsed,
        "job_args": job.job_args,
        "job_cwd": job.job_cwd,
        "job_env": job.job_env,
        "job_explanation": job.job_explanation,
        "result_traceback": job.result_traceback,
        "launched_by": launched_by(call, job),
        "work_unit_id": None,
    }


def origin(call: Call, job: Job) -> tuple[dict[str, Any], dict[str, Any]]:
    """The link to the schedule that launched a job, and its line in summary_fields; nothing for other jobs."""
    schedule = call.tower.schedules.by_id.get(job.schedule or 0)
    if schedule is None:
        return {}, {}
    line = {name: getattr(schedule, name) for name in ("id", "name", "description", "next_run")}
    return {"schedule": call.url("schedules", schedule.id)}, {"schedule": line}
