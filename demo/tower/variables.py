"""Variables given as text: JSON, or YAML (awx/main/utils/common.py, parse_yaml_or_json)."""

import json
from typing import Any

import yaml


class Unparsable(ValueError):
    """Neither JSON nor YAML gives an object; the text is Tower's."""


class _Loader(yaml.SafeLoader):
    """YAML as Tower reads it."""


def parse(given: Any) -> dict[str, Any]:
    """The variables in a text or object. Raises Unparsable."""
    if isinstance(given, dict):
        return given
    if isinstance(given, str) and not given.strip():
        return {}
    json_trouble, yaml_trouble = "", ""
    try:
        return _demand_object(json.loads(given))
    except (ValueError, TypeError) as error:
        json_trouble = str(error)
    try:
        found = yaml.load(given, Loader=_Loader)
        return {} if found is None else _demand_object(found)
    except (yaml.YAMLError, AttributeError, TypeError) as error:
        yaml_trouble = str(error)
    raise Unparsable(f"Cannot parse as JSON (error: {json_trouble}) or YAML (error: {yaml_trouble}).")


def _demand_object(found: Any) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise TypeError(f"Input type `{type(found).__name__}` is not a dictionary")
    return found
