"""Tower's filter language, as far as a portal needs it (ansible_base's rest_filters)."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from demo.tower import clock
from demo.tower.answers import Refused, forbidden

RESERVED = frozenset({"page", "page_size", "format", "order", "order_by", "search", "type", "host_filter",
                      "count_disabled", "no_truncate", "limit", "role_level", "content_encoding"})  # fmt: skip
SECRET = frozenset({"extra_vars", "survey_spec", "survey_passwords", "job_args", "job_env", "start_args", "password",
                    "host_config_key", "webhook_key", "notification_configuration"})  # fmt: skip
DATE_TEXT = "value has an invalid format. It must be in YYYY-MM-DD HH:MM[:ss[.uuuuuu]][TZ] format."
Test = Callable[[Any], bool]

LOOKUPS: dict[str, Callable[[Any, Any], bool]] = {
    "exact": lambda have, want: bool(have == want),
    "iexact": lambda have, want: str(have).lower() == str(want).lower(),
    "contains": lambda have, want: str(want) in str(have),
    "icontains": lambda have, want: str(want).lower() in str(have).lower(),
    "startswith": lambda have, want: str(have).startswith(str(want)),
    "istartswith": lambda have, want: str(have).lower().startswith(str(want).lower()),
    "endswith": lambda have, want: str(have).endswith(str(want)),
    "iendswith": lambda have, want: str(have).lower().endswith(str(want).lower()),
    "regex": lambda have, want: re.search(str(want), str(have)) is not None,
    "iregex": lambda have, want: re.search(str(want), str(have), re.IGNORECASE) is not None,
    "gt": lambda have, want: have is not None and have > want,
    "gte": lambda have, want: have is not None and have >= want,
    "lt": lambda have, want: have is not None and have < want,
    "lte": lambda have, want: have is not None and have <= want,
    "in": lambda have, want: have in want,
    "isnull": lambda have, want: (have is None) is want,
}
TEXTUAL = ("iexact", "contains", "icontains", "startswith", "istartswith", "endswith", "iendswith", "regex", "iregex")


@dataclass
class Model:
    """What of a kind of row can be asked for: plain fields, and relations that lead to other rows.

    A field's kind is int, str, bool or date; the getter takes the row. A relation's getter gives a list.
    """

    name: str
    fields: dict[str, tuple[str, Callable[[Any], Any]]]
    relations: dict[str, tuple[Callable[[Any], list[Any]], "Model"]] = field(default_factory=dict)


def refuse(text: str) -> Refused:
    """400 with Tower's text."""
    return Refused(400, {"detail": text})


def choose(model: Model, query: Iterable[tuple[str, str]]) -> Test:
    """The test that a query string makes. Raises Refused for an unknown field, a bad value, a secret field."""
    every: list[Test] = []
    some: list[Test] = []
    for key, value in query:
        if key in RESERVED:
            continue
        path = key.split("__")
        negated = alternative = False
        while path[0] in ("or", "not", "chain") and len(path) > 1:
            alternative, negated = alternative or path[0] == "or", negated ^ (path[0] == "not")
            path = path[1:]
        test = _test(model, path, value)
        if negated:
            test = _opposite(test)
        (some if alternative else every).append(test)
    return lambda row: all(test(row) for test in every) and (not some or any(test(row) for test in some))


def _opposite(test: Test) -> Test:
    return lambda row: not test(row)


def _test(model: Model, path: list[str], value: str) -> Test:
    name, rest = path[0], path[1:]
    if name == "pk":
        name = "id"
    if name in SECRET:
        raise Refused(403, {"detail": f"Filtering on {name} is not allowed."}, code=forbidden().code)
    if name in model.relations and rest and (rest[0] not in LOOKUPS or name not in model.fields):
        lead, other = model.relations[name]
        inner = _test(other, rest, value)
        return lambda row: any(inner(one) for one in lead(row))
    if name not in model.fields:
        raise refuse(f"{model.name} has no field named '{name}'")
    kind, getter = model.fields[name]
    lookup = rest[0] if rest else "exact"
    if lookup not in LOOKUPS:
        raise refuse(f"{model.name}.{name} has no lookup '{lookup}'" if rest else "")
    wanted = _wanted(kind, lookup, value)
    compare = LOOKUPS[lookup]
    return lambda row: compare(getter(row), wanted)


def _wanted(kind: str, lookup: str, value: str) -> Any:
    if lookup == "isnull":
        return _convert("bool", value)
    if lookup == "in":
        if not value:
            raise refuse("cannot provide empty value for __in")
        return [_convert(kind, one) for one in value.split(",")]
    if lookup in TEXTUAL:
        return value
    if value.lower() in ("none", "null") and lookup == "exact":
        return None
    return _convert(kind, value)


def _convert(kind: str, value: str) -> Any:
    if kind == "int":
        if re.fullmatch(r"\s*[+-]?\d+\s*", value):
            return int(value)
        raise refuse(f'["“{value}” value must be an integer."]')
    if kind == "bool":
        if value.lower() in ("true", "1", "yes", "t", "y", "on"):
            return True
        if value.lower() in ("false", "0", "no", "f", "n", "off"):
            return False
        raise refuse(f'Unable to convert "{value}" to boolean')
    if kind == "date":
        try:
            return clock.stamp(datetime.fromisoformat(value.replace(" ", "T", 1)))
        except ValueError:
            raise refuse(f'["“{value}” {DATE_TEXT}"]') from None
    return value


def in_order(model: Model, rows: list[Any], order_by: str) -> list[Any]:
    """Rows sorted by a comma-separated list of fields; a minus sign turns one round. Raises Refused."""
    for term in reversed([one for one in order_by.split(",") if one]):
        name = term.lstrip("-")
        if name not in model.fields:
            raise refuse(f"{model.name} has no field named '{name}'")
        getter = model.fields[name][1]
        rows.sort(key=lambda row, get=getter: (get(row) is None, get(row) or 0), reverse=term.startswith("-"))  # type: ignore[misc]
    return rows
