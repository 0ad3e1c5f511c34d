"""The fields of a launch body as Tower's serializer reads them: numbers in texts are numbers, and so on.

The texts are those of Django REST framework, which AWX uses (api/serializers.py, JobLaunchSerializer).
"""

import json
from collections.abc import Callable, Container, Mapping
from typing import Any

import yaml

from catalog.prompts.fields import FIELDS, JOB_TYPES, VERBOSITIES, Kind
from catalog.prompts.sending import Objects

NULL = "This field may not be null."
_ON = {"t", "y", "yes", "true", "on", "1"}
_OFF = {"f", "n", "no", "false", "off", "0"}
_CASES = (str.lower, str.upper, str.capitalize)


class Wrong(ValueError):
    """A value is refused; str() is Tower's text."""


def read_body(
    body: Mapping[str, Any], objects: Objects, *, workflow: bool
) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """What Tower understands of a body, and what is wrong with the rest. Fields it does not know vanish."""
    given: dict[str, Any] = {}
    wrong: dict[str, list[str]] = {}
    for field in FIELDS:
        if field.name not in body or (workflow and not field.workflow):
            continue
        try:
            given[field.name] = _coerced(field.name, field.kind, body[field.name], objects.get(field.thing, {}))
        except Wrong as trouble:
            wrong[field.name] = [str(trouble)]
    if not workflow and "credential_passwords" in body and body["credential_passwords"] is None:
        wrong["credential_passwords"] = [NULL]
    return given, wrong


def _coerced(name: str, kind: Kind, value: Any, known: Container[int]) -> Any:
    if value is None:
        raise Wrong(NULL)
    if kind == Kind.OBJECT:
        return _pk(value, known)
    if kind in {Kind.OBJECTS, Kind.CREDENTIALS}:
        if not isinstance(value, list | tuple):
            raise Wrong(f'Expected a list of items but got type "{type(value).__name__}".')
        return list(dict.fromkeys(_pk(one, known) for one in value))
    if kind == Kind.WHOLE:
        return _whole(value, natural=name != "timeout")
    return _PLAIN[name](value)


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Wrong("Not a valid string.")
    return str(value).strip()


def _whole(value: Any, *, natural: bool) -> int:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Wrong("A valid integer is required.")
    try:
        number = int(str(value).removesuffix(".0"))
    except ValueError:
        raise Wrong("A valid integer is required.") from None
    if natural and number < 0:
        raise Wrong("Ensure this value is greater than or equal to 0.")
    return number


def _boolean(value: Any) -> bool:
    if isinstance(value, str):
        for words, meaning in ((_ON, True), (_OFF, False)):
            if value in {case(word) for word in words for case in _CASES}:
                return meaning
    elif isinstance(value, int | float) and value in {0, 1}:
        return bool(value)
    raise Wrong("Must be a valid boolean.")


def _one_of(choices: tuple[tuple[Any, str], ...]) -> Callable[[Any], Any]:
    allowed = {str(value): value for value, _ in choices}

    def check(value: Any) -> Any:
        if str(value) not in allowed:
            raise Wrong(f'"{value}" is not a valid choice.')
        return allowed[str(value)]

    return check


def _pk(value: Any, known: Container[int]) -> int:
    kind = "OrderedDict" if isinstance(value, dict) else type(value).__name__
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise Wrong(f"Incorrect type. Expected pk value, received {kind}.")
    try:
        number = int(value)
    except (ValueError, OverflowError):
        raise Wrong(f"Incorrect type. Expected pk value, received {kind}.") from None
    if number not in known:
        raise Wrong(f'Invalid pk "{value}" - object does not exist.')
    return number


def _variables(value: Any) -> dict[str, Any]:
    """An object, or JSON or YAML that gives one (awx/main/utils/common.py, parse_yaml_or_json)."""
    if isinstance(value, dict):
        return value
    if isinstance(value, str) and not value.strip():
        return {}
    reasons = []
    for load in (json.loads, _yaml):
        try:
            return _object(load(value))
        except (ValueError, TypeError, AttributeError, yaml.YAMLError) as error:
            reasons.append(str(error))
    raise Wrong("Cannot parse as JSON (error: {}) or YAML (error: {}).".format(*reasons))


def _yaml(text: Any) -> Any:
    found = yaml.safe_load(text)
    return {} if found is None else found


def _object(found: Any) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise TypeError(f"Input type `{type(found).__name__}` is not a dictionary")
    return found


_PLAIN: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("limit", "job_tags", "skip_tags", "scm_branch"), _text),
    "job_type": _one_of(JOB_TYPES),
    "verbosity": _one_of(VERBOSITIES),
    "diff_mode": _boolean,
    "extra_vars": _variables,
}
