"""Why Tower would refuse what a launch brings along, in its own words."""

from collections.abc import Mapping
from typing import Any

from catalog.prompts.coercion import read_body
from catalog.prompts.reading import Prompts, Thing
from catalog.prompts.sending import Objects, merged, type_name

NOT_ALLOWED = "You do not have permission to perform this action."

Reasons = dict[str, list[str]]


def refusals(prompts: Prompts, body: Mapping[str, Any], objects: Objects) -> Reasons:
    """Why Tower would refuse this body, by field as its answer has it; empty if it accepts, as far as can be known.

    A template's survey is judged elsewhere (`catalog.survey`). What is not asked for is ignored by a job template and
    refused by a workflow; the same value as the template's is neither.
    """
    given, wrong = read_body(body, objects, workflow=prompts.workflow)
    unreadable: Reasons = {}
    if prompts.workflow and any(text.startswith("Cannot parse") for text in wrong.get("extra_vars", ())):
        unreadable["extra_vars"] = wrong.pop("extra_vars")
    if wrong:
        return wrong
    fresh = {name: value for name, value in given.items() if not _same(prompts, name, value)}
    accepted = {name: value for name, value in fresh.items() if prompts.named(name)}
    if prompts.workflow:
        found = {
            name: ["Field is not configured to prompt on launch."]
            for name in fresh
            if name not in accepted and name != "extra_vars"
        } | unreadable
    else:
        found = _lacking(prompts, given, accepted, body, objects)
    return found or _forbidden(prompts, accepted, objects)


def _same(prompts: Prompts, name: str, value: Any) -> bool:
    if name == "credentials":
        return not set(value) - {one.id for one in prompts.credentials}
    if name in {"labels", "instance_groups", "extra_vars"}:
        return False  # not even an empty list is the same as none
    return bool(value == prompts.defaults.get(name))


def _lacking(
    prompts: Prompts, given: dict[str, Any], accepted: dict[str, Any], body: Mapping[str, Any], objects: Objects
) -> Reasons:
    found: Reasons = {}
    if prompts.lacks_inventory and "inventory" not in accepted:
        found["resources_needed_to_start"] = ["Job Template inventory is missing or undefined."]
    known = {one.id: one for one in prompts.credentials} | dict(objects.get("credential", {}))
    if "credentials" in given:
        chosen = [known[pk] for pk in given["credentials"]]
        fresh = [known[pk] for pk in accepted.get("credentials", ())]
        problems = _doubled(fresh, objects) + _removed(prompts.credentials, chosen, objects)
        if problems:
            found["credentials"] = problems
    passwords = body.get("credential_passwords", body)  # a legacy habit: without the object, the body itself
    brought = passwords if isinstance(passwords, Mapping) else {}
    used = merged(prompts, accepted.get("credentials", ()), objects)
    missing = [name for one in used for name in one.passwords if not brought.get(name)]
    if missing:
        found["passwords_needed_to_start"] = missing
    return found


def _doubled(chosen: list[Thing], objects: Objects) -> list[str]:
    taken = [one.slot for one in chosen]
    return [
        f"Cannot assign multiple {type_name(one, objects)} credentials."
        for number, one in enumerate(chosen)
        if one.slot in taken[:number]
    ]


def _removed(own: tuple[Thing, ...], chosen: list[Thing], objects: Objects) -> list[str]:
    gone = [one for one in own if all(one.id != other.id for other in chosen)]
    names = ", ".join(f"{one.name}-{one.id}" for one in gone)
    taken = {one.slot for one in chosen}
    return [
        f"Removing {type_name(one, objects)} credential at launch time without replacement is not supported. "
        f"Provided list lacked credential(s): {names}."
        for one in gone
        if one.slot not in taken
    ]


def _forbidden(prompts: Prompts, accepted: dict[str, Any], objects: Objects) -> Reasons:
    """Tower's 403: something is brought along that our account may not use, and the template has not."""
    for prompt in prompts:
        if not prompt.thing or prompt.name not in accepted:
            continue
        value = accepted[prompt.name]
        own = {one.id for one in prompt.own}
        known = objects.get(prompt.thing, {})
        for pk in value if isinstance(value, list) else [value]:
            if pk not in own and not known[pk].usable:
                return {"detail": [NOT_ALLOWED]}
    return {}
