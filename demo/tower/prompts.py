"""The fields of a launch body, checked and coerced as AWX's launch serializers do (Django REST framework's texts)."""

import json
from collections.abc import Callable, Collection
from typing import Any

from demo.tower.variables import Unparsable, parse
from demo.tower.world import World

TRUE = ("t", "T", "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON", "1", 1, True)
FALSE = ("f", "F", "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF", "0", 0, 0.0, False)
WORKFLOW_FIELDS = ("extra_vars", "inventory", "limit", "scm_branch", "labels", "job_tags", "skip_tags")


class Wrong(ValueError):
    """A field's value is refused; the text is Tower's."""


def text(value: Any) -> str:
    """A string; numbers become one, as Tower coerces them."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Wrong("Not a valid string.")
    return str(value).strip()


def integer(value: Any) -> int:
    """A whole number, or a text that is one."""
    try:
        found = str(value)
        return int(found.removesuffix(".0") if isinstance(value, str | float) else found)
    except ValueError:
        raise Wrong("A valid integer is required.") from None


def natural(value: Any) -> int:
    """A whole number from zero."""
    found = integer(value)
    if found < 0:
        raise Wrong("Ensure this value is greater than or equal to 0.")
    return found


def boolean(value: Any) -> bool:
    """True or false, or one of the words for them."""
    try:
        if value in TRUE:
            return True
        if value in FALSE:
            return False
    except TypeError:
        pass
    raise Wrong("Must be a valid boolean.")


def choice(*allowed: Any) -> Callable[[Any], Any]:
    """One of these values; the text of a number will do for the number."""

    def check(value: Any) -> Any:
        for one in allowed:
            if str(one) == str(value):
                return one
        raise Wrong(f'"{value}" is not a valid choice.')

    return check


def pk_among(existing: Collection[int]) -> Callable[[Any], int]:
    """The id of an existing object."""

    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise Wrong(f"Incorrect type. Expected pk value, received {type(value).__name__}.")
        try:
            found = int(value)
        except ValueError:
            raise Wrong(f"Incorrect type. Expected pk value, received {type(value).__name__}.") from None
        if found not in existing:
            raise Wrong(f'Invalid pk "{value}" - object does not exist.')
        return found

    return check


def pks_among(existing: Collection[int]) -> Callable[[Any], list[int]]:
    """A list of ids of existing objects."""
    one = pk_among(existing)

    def check(value: Any) -> list[int]:
        if isinstance(value, str | dict) or not hasattr(value, "__iter__"):
            raise Wrong(f'Expected a list of items but got type "{type(value).__name__}".')
        return list(dict.fromkeys(one(item) for item in value))

    return check


def variables(value: Any) -> dict[str, Any]:
    """extra_vars: an object, or its text."""
    try:
        return dict(parse(value))
    except Unparsable as error:
        raise Wrong(str(error)) from None


def passwords(value: Any) -> Any:
    """credential_passwords: taken as they come."""
    return value


def checks(world: World) -> dict[str, Callable[[Any], Any]]:
    """What each field of a launch body must pass."""
    return {
        "extra_vars": variables,
        "inventory": pk_among(world.inventories),
        "scm_branch": text,
        "limit": text,
        "job_tags": text,
        "skip_tags": text,
        "job_type": choice("run", "check"),
        "verbosity": choice(0, 1, 2, 3, 4, 5),
        "diff_mode": boolean,
        "credentials": pks_among(world.credentials),
        "credential_passwords": passwords,
        "execution_environment": pk_among(world.execution_environments),
        "labels": pks_among(world.labels),
        "forks": natural,
        "job_slice_count": natural,
        "timeout": integer,
        "instance_groups": pks_among(world.instance_groups),
    }


def read(world: World, body: dict[str, Any], *, workflow: bool) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """The fields of a body that Tower knows, coerced, and what is wrong with the others. Unknown ones vanish."""
    good: dict[str, Any] = {}
    wrong: dict[str, list[str]] = {}
    for name, check in checks(world).items():
        if name not in body or (workflow and name not in WORKFLOW_FIELDS):
            continue
        if body[name] is None:
            wrong[name] = ["This field may not be null."]
            continue
        try:
            good[name] = check(body[name])
        except Wrong as error:
            wrong[name] = [str(error)]
    return good, wrong


def public(value: Any) -> Any:
    """A value as `ignored_fields` shows it."""
    return json.loads(json.dumps(value))
