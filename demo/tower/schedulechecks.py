"""What Tower refuses in a schedule. Other than at a launch, what is not asked for is an error, not ignored."""

from typing import Any

from demo.tower import accepting, launch, making, prompts, recurrence, surveys
from demo.tower.answers import Refused
from demo.tower.call import Call
from demo.tower.prompts import Wrong
from demo.tower.schedulerows import PROMPTS
from demo.tower.schedules import Schedule
from demo.tower.world import Template

NO_PASSWORDS = "Saved launch configurations cannot provide passwords needed to start."
NO_INVENTORY = "Job Template inventory is missing or undefined."
TAKEN = "Schedule with this Unified job template and Name already exists."


def read(call: Call, template: Template, body: dict[str, Any], before: Schedule | None) -> dict[str, Any]:
    """The fields of a new or changed schedule. Raises Refused with all that is wrong."""
    fields, wrong = _plain(body, new=before is None)
    asked = {name: body[name] for name in PROMPTS if body.get(name) is not None}
    asked |= {"extra_vars": body["extra_data"]} if body.get("extra_data") is not None else {}
    given, unreadable = prompts.read(call.tower.world, asked, workflow=template.is_workflow)
    if wrong | unreadable:
        raise Refused(400, _renamed(wrong | unreadable))
    if any(name in body for name in (*PROMPTS, "extra_data")):
        kept = {name: value for name, value in (before.prompts if before else {}).items() if name not in body}
        fields |= _prompted(call, template, kept | given, before)
    name = fields.get("name", before.name if before else "")
    for other in call.tower.schedules.by_id.values():
        if other is not before and (other.template, other.name) == (template.id, name):
            raise Refused(400, {"__all__": [TAKEN]})
    return fields


def _plain(body: dict[str, Any], *, new: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    fields: dict[str, Any] = {}
    wrong: dict[str, Any] = {}
    checks = {"name": prompts.text, "rrule": prompts.text, "description": prompts.text, "enabled": prompts.boolean}
    for name, check in checks.items():
        try:
            if name in body:
                fields[name] = check(body[name])
        except Wrong as error:
            wrong[name] = ["This field may not be null." if body[name] is None else str(error)]
    for name in ("name", "rrule"):
        if fields.get(name) == "":
            wrong[name] = ["This field may not be blank."]
        elif new and name not in body:
            wrong[name] = ["This field is required."]
    if fields.get("rrule") and (faults := recurrence.faults(fields["rrule"])):
        wrong["rrule"] = faults
    return fields, wrong


def _prompted(call: Call, template: Template, given: dict[str, Any], before: Schedule | None) -> dict[str, Any]:
    """The prompts and variables to be kept, secrets sealed. `$encrypted$` stands for what is stored already."""
    stored = call.tower.schedules.clear_vars(before) if before else {}
    variables = dict(given.pop("extra_vars", stored))
    for name in template.secret_variables:
        if variables.get(name) == surveys.MASK and name in stored:
            variables[name] = stored[name]
    accepted, _, errors = accepting.sort_fields(template, given | {"extra_vars": variables}, strict=True)
    needed = [name for pk in template.credentials for name in call.tower.world.credentials[pk].passwords_needed]
    if needed and "credential" not in template.asks:
        errors["passwords_needed_to_start"] = [NO_PASSWORDS]
    if not template.is_workflow and template.values["inventory"] is None and "inventory" not in accepted:
        errors["resources_needed_to_start"] = [NO_INVENTORY]
    if errors:
        raise Refused(400, _renamed(errors))
    launch.demand_use(call, template, accepted)
    secret = making.pick_secrets(template, variables)
    return {
        "prompts": given,
        "extra_data": making.masked(variables, secret),
        "sealed": call.tower.schedules.seal(secret),
    }


def _renamed(errors: dict[str, Any]) -> dict[str, Any]:
    return {("extra_data" if name == "extra_vars" else name): text for name, text in errors.items()}
