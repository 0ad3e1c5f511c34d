"""Survey specifications, judged as AWX does when one is posted (awx/api/views, JobTemplateSurveySpec)."""

import copy
from typing import Any

from demo.tower.surveys import MASK

TYPES: dict[str, type | tuple[type, ...]] = {
    "text": str, "textarea": str, "password": str, "multiplechoice": str, "multiselect": str, "integer": int,
    "float": (int, float),
}  # fmt: skip
WHOLE = (("name", str, "string"), ("description", str, "string"), ("spec", list, "list of items"))


class Unusable(ValueError):
    """The specification is refused; the text is Tower's."""


def accept(new: dict[str, Any], old: dict[str, Any]) -> dict[str, Any]:
    """The specification as it is stored. Raises Unusable.

    A password's default given as `$encrypted$` stands for the one stored in the old specification.
    """
    _check_whole(new)
    spec = copy.deepcopy(new)
    before = {item["variable"]: item for item in old.get("spec", [])}
    seen: set[str] = set()
    for number, item in enumerate(spec["spec"]):
        _check_item(number, item, seen)
        _check_default(number, item)
        _check_limits(number, item)
        if item["type"] in ("multiselect", "multiplechoice"):
            _check_choices(number, item)
        _restore_secret(number, item, before)
    return spec


def shown(spec: dict[str, Any]) -> dict[str, Any]:
    """The specification as anyone may read it: defaults of passwords are masked."""
    public = copy.deepcopy(spec)
    for item in public.get("spec", []):
        if item.get("type") == "password" and item.get("default"):
            item["default"] = MASK
    return public


def _check_whole(new: dict[str, Any]) -> None:
    for name, kind, label in WHOLE:
        if name not in new:
            raise Unusable(f"Field '{name}' is missing from survey spec.")
        if not isinstance(new[name], kind):
            raise Unusable(f"Expected {label} for field '{name}', received {type(new[name]).__name__} type.")
    if not new["spec"]:
        raise Unusable("'spec' doesn't contain any items.")


def _check_item(number: int, item: Any, seen: set[str]) -> None:
    if not isinstance(item, dict):
        raise Unusable(f"Survey question {number} is not a json object.")
    for name in ("type", "question_name", "variable", "required"):
        kind, label = (bool, "boolean") if name == "required" else (str, "string")
        if name not in item:
            raise Unusable(f"'{name}' missing from survey question {number}")
        if not isinstance(item[name], kind):
            raise Unusable(f"'{name}' in survey question {number} expected to be {label}.")
    if item["variable"] in seen:
        raise Unusable(f"'variable' '{item['variable']}' duplicated in survey question {number}.")
    seen.add(item["variable"])
    if item["type"] not in TYPES:
        types = ", ".join(TYPES)
        raise Unusable(f"'{item['type']}' in survey question {number} is not one of '{types}' allowed question types.")


def _check_default(number: int, item: dict[str, Any]) -> None:
    default = item.get("default", "")
    if default != "" and not isinstance(default, TYPES[item["type"]]):
        label = item["type"] if item["type"] in ("integer", "float") else "string"
        raise Unusable(f"Default value {default} in survey question {number} expected to be {label}.")


def _check_limits(number: int, item: dict[str, Any]) -> None:
    for name in ("min", "max"):
        if item.get(name) is not None and not isinstance(item[name], int):
            raise Unusable(f"The {name} limit in survey question {number} expected to be integer.")


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def _check_choices(number: int, item: dict[str, Any]) -> None:
    if "choices" not in item:
        raise Unusable(f"Survey question {number} of type {item['type']} must specify choices.")
    if isinstance(item["choices"], str):
        item["choices"] = "\n".join(_lines(item["choices"]))
    if "default" not in item:
        return
    defaults = _lines(item["default"])
    item["default"] = "\n".join(defaults)
    if item["type"] == "multiplechoice" and len(defaults) > 1:
        raise Unusable("Multiple Choice (Single Select) can only have one default value.")
    if any(default not in item["choices"] for default in defaults):
        raise Unusable("Default choice must be answered from the choices listed.")


def _restore_secret(number: int, item: dict[str, Any], before: dict[str, dict[str, Any]]) -> None:
    default = item.get("default")
    if not (isinstance(default, str) and default.startswith(MASK)):
        return
    if item["type"] != "password":
        raise Unusable(
            f"{MASK} is a reserved keyword for password question defaults, "
            f"survey question {number} is type {item['type']}."
        )
    if not isinstance(before.get(item["variable"], {}).get("default"), str):
        raise Unusable(f"{MASK} may not be used for new default, position {number}.")
    item["default"] = before[item["variable"]]["default"]
