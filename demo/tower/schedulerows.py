"""Schedules as the API shows them."""

from typing import Any

from demo.tower import links, recurrence
from demo.tower.call import Call
from demo.tower.schedules import Schedule

PROMPTS = ("inventory", "scm_branch", "job_type", "job_tags", "skip_tags", "limit", "diff_mode", "verbosity",
           "execution_environment", "forks", "job_slice_count", "timeout")  # fmt: skip
LISTS = ("labels", "credentials", "instance_groups")


def row(call: Call, schedule: Schedule) -> dict[str, Any]:
    """A schedule, alike in lists and on its own page."""
    times = recurrence.Times(schedule.rrule)
    return {
        "rrule": schedule.rrule,
        "id": schedule.id,
        "type": "schedule",
        "url": call.url("schedules", schedule.id),
        "related": _related(call, schedule),
        "summary_fields": _summary(call, schedule),
        **{name: getattr(schedule, name) for name in ("created", "modified", "name", "description", "extra_data")},
        **{name: schedule.prompts.get(name) for name in PROMPTS},
        "unified_job_template": schedule.template,
        **{name: getattr(schedule, name) for name in ("enabled", "dtstart", "dtend", "next_run")},
        "timezone": times.timezone,
        "until": times.until,
    }


def _inventory(call: Call, schedule: Schedule) -> int | None:
    """The schedule's inventory, or else its template's."""
    found: int | None = schedule.prompts.get("inventory")
    return found or call.tower.world.templates[schedule.template].values["inventory"]


def _related(call: Call, schedule: Schedule) -> dict[str, Any]:
    template, here = call.tower.world.templates[schedule.template], call.url("schedules", schedule.id)
    found = {name: call.url("users", getattr(schedule, name)) for name in ("created_by", "modified_by")}
    found |= {name: f"{here}{name}/" for name in LISTS}
    found |= {"unified_jobs": f"{here}jobs/", "unified_job_template": links.template_url(call, template)}
    if template.project:
        found["project"] = call.url("projects", template.project)
    if (inventory := _inventory(call, schedule)) in call.tower.world.inventories:
        found["inventory"] = call.url("inventories", inventory)
    return found


def _summary(call: Call, schedule: Schedule) -> dict[str, Any]:
    template = call.tower.world.templates[schedule.template]
    found: dict[str, Any] = {"unified_job_template": links.template(template, unified=True)}
    found |= {name: links.user(call, getattr(schedule, name)) for name in ("created_by", "modified_by")}
    mine = call.may_write and may_change(call, schedule)
    found["user_capabilities"] = {"edit": mine, "delete": mine}
    summary = links.inventory(call, _inventory(call, schedule))
    return found | ({"inventory": summary} if summary else {})


def may_change(call: Call, schedule: Schedule) -> bool:
    """Whoever made a schedule may change it, and so may superusers."""
    return call.who.superuser or schedule.created_by == call.who.id
