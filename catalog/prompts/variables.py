"""Extra variables as a person writes them: YAML or JSON, so plain that JSON carries them as they are."""

import math
from typing import Any

import yaml

MOST_CHARACTERS = 20_000
DEEPEST = 20


class Unreadable(ValueError):
    """The text gives no variables; str() says what to do, in a sentence without an end."""


class _Loader(yaml.SafeLoader):
    """YAML without dates: they stay the text that was typed, since JSON has none."""


_Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_variables(text: str) -> dict[str, Any]:
    """The variables in a text; none if it is blank. JSON is YAML, too. Raises Unreadable.

    Stricter than Tower, which would take anchors, tabs in JSON, dates, and names that are no text.
    """
    if len(text) > MOST_CHARACTERS:
        raise Unreadable(f"Use at most {MOST_CHARACTERS} characters")
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=_Loader)):
            raise Unreadable("Write each value out: references with * are not taken here")
        found = yaml.load(text, Loader=_Loader)  # noqa: S506 (it derives from SafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as trouble:
        if isinstance(trouble, Unreadable):
            raise
        raise Unreadable(f"Write one variable in each line, such as site: Antwerp{_where(trouble)}") from None
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise Unreadable("Write a name, a colon and a value, such as site: Antwerp")
    if not _plain(found, DEEPEST):
        raise Unreadable("Use texts, numbers, lists and names only, as JSON has them")
    return found


def _where(trouble: Exception) -> str:
    mark = getattr(trouble, "problem_mark", None)
    return f"; line {mark.line + 1} cannot be read" if mark else ""


def _plain(value: Any, deep: int) -> bool:
    """Whether JSON and any database carry it as it is."""
    if isinstance(value, dict):
        return deep > 0 and all(isinstance(key, str) and _plain(key, 1) for key in value) and _all(value.values(), deep)
    if isinstance(value, list):
        return deep > 0 and _all(value, deep)
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= character <= "\udfff" for character in value)
    if isinstance(value, int):
        return abs(value) < 10**300
    return value is None or (isinstance(value, float) and math.isfinite(value))


def _all(values: Any, deep: int) -> bool:
    return all(_plain(one, deep - 1) for one in values)
