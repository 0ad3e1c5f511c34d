"""Views of schedules: lists, one by one, their jobs, the preview of a rule, the zones."""

from datetime import UTC, datetime
from typing import Any

from dateutil.zoneinfo import get_zonefile_instance
from werkzeug.wrappers import Response

from demo.tower import clock, jobs, models, recurrence, schedulechecks, schedulerows
from demo.tower.answers import Refused, as_json, forbidden, missing
from demo.tower.call import Call
from demo.tower.listing import listing
from demo.tower.schedules import Schedule
from demo.tower.world import Template

SHOWN = 10  # dates of a preview


def lists(call: Call, kind: str | None = None, pk: int | None = None) -> dict[str, Any]:
    """GET schedules/, and of one template: those of the templates that the caller may see."""
    templates = call.tower.world.templates
    wanted = None if kind is None or pk is None else call.template(kind, pk)
    rows = [
        one
        for one in list(call.tower.schedules.by_id.values())
        if one.template in templates and call.who.may_run(templates[one.template])
    ]
    rows = [one for one in rows if wanted is None or one.template == wanted.id]
    return listing(call, models.schedule_model(call.tower), rows, schedulerows.row, order="-next_run")


def make(call: Call) -> Response:
    """POST schedules/: the template is named in the body."""
    wanted = call.body().get("unified_job_template")
    if wanted is None:
        raise Refused(400, {"unified_job_template": ["This field is required."]})
    template = call.tower.world.templates.get(wanted) if isinstance(wanted, int) else None
    if template is None:
        raise Refused(400, {"unified_job_template": [f'Invalid pk "{wanted}" - object does not exist.']})
    return _make(call, template)


def make_for(call: Call, kind: str, pk: int) -> Response:
    """POST job_templates/N/schedules/ and workflow_job_templates/N/schedules/."""
    return _make(call, call.template(kind, pk))


def _make(call: Call, template: Template) -> Response:
    if not call.who.may_run(template):
        raise forbidden()
    with call.tower.schedules.lock:
        fields = schedulechecks.read(call, template, call.body(), None)
        who = {"created_by": call.who.id, "modified_by": call.who.id}
        schedule = call.tower.schedules.add(template=template.id, **who, **fields)
    shape = schedulerows.row(call, schedule)
    return as_json(shape, 201, {"Location": shape["url"]})


def found(call: Call, pk: int, *, to_change: bool = False) -> Schedule:
    """A schedule that the caller may see, or change; 404 when there is none, 403 when it is another's."""
    schedule = call.tower.schedules.by_id.get(pk)
    template = call.tower.world.templates.get(schedule.template) if schedule else None
    if schedule is None or template is None:
        raise missing("Schedule")
    if not call.who.may_run(template) or (to_change and not schedulerows.may_change(call, schedule)):
        raise forbidden()
    return schedule


def detail(call: Call, pk: int) -> dict[str, Any]:
    """GET schedules/N/."""
    return schedulerows.row(call, found(call, pk))


def change(call: Call, pk: int) -> dict[str, Any]:
    """PATCH and PUT of one's own schedule. Switching it off is not held against today's template."""
    schedule, body = found(call, pk, to_change=True), call.body()
    with call.tower.schedules.lock:
        template = call.tower.world.templates[schedule.template]
        for name, value in schedulechecks.read(call, template, body, schedule).items():
            setattr(schedule, name, value)
        schedule.modified, schedule.modified_by = clock.now(), call.who.id
        call.tower.schedules.save(schedule)
    return schedulerows.row(call, schedule)


def delete(call: Call, pk: int) -> Response:
    """DELETE of one's own schedule. Its jobs stay, and forget it."""
    schedule, ledger = found(call, pk, to_change=True), call.tower.ledger
    call.tower.schedules.drop(schedule)
    with ledger.lock:
        for job in ledger.jobs.values():
            if job.schedule == schedule.id:
                job.schedule = None
                ledger.save(job)
    return Response(status=204)


def jobs_of(call: Call, pk: int) -> dict[str, Any]:
    """GET schedules/N/jobs/."""
    schedule, tower = found(call, pk), call.tower
    rows = [job for job in list(tower.ledger.jobs.values()) if job.schedule == schedule.id]
    return listing(call, models.job_model(tower), rows, jobs.row)


def preview(call: Call) -> dict[str, Any]:
    """POST schedules/preview/: the next dates of a rule, in its own zone and in UTC."""
    rule = call.body().get("rrule")
    if not isinstance(rule, str) or not rule:
        text = "This field is required." if rule is None else "This field may not be blank."
        raise Refused(400, {"rrule": [text]})
    if faults := recurrence.faults(rule):
        raise Refused(400, {"rrule": faults})
    coming = recurrence.Times(rule).after(datetime.now(UTC), SHOWN)
    local = [one.isoformat().replace("+00:00", "Z") for one in coming]
    return {"local": local, "utc": [recurrence.shown(one) for one in coming]}


def zones(call: Call) -> dict[str, Any]:
    """GET schedules/zoneinfo/: the zones that a rule may name, for whoever is signed in."""
    return {"zones": sorted(get_zonefile_instance().zones), "links": {}}
