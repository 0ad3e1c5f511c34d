"""Values of prompts as people read them: names for ids, words for codes."""

import json
from collections.abc import Mapping
from typing import Any

from catalog.prompts.reading import Kind, Prompt, Thing
from catalog.prompts.sending import Objects, type_name

UNKNOWN = "one that is not known here"


def in_words(prompt: Prompt, value: Any, objects: Objects) -> str | list[str]:
    """A value of Tower's JSON in words."""
    if prompt.kind == Kind.OBJECT:
        return _name(prompt, value, objects)
    if prompt.kind in {Kind.OBJECTS, Kind.CREDENTIALS}:
        return [_name(prompt, pk, objects) for pk in value] if isinstance(value, list) else []
    if prompt.kind == Kind.SWITCH:
        return "Yes" if value else "No"
    if prompt.kind == Kind.CHOICE:
        return next((words for one, words in prompt.choices if one == value), str(value))
    if prompt.kind == Kind.VARIABLES:
        return variables_in_words(value)
    return str(value)


def variables_in_words(value: Any) -> list[str]:
    """A variable in each line: its name and its value."""
    given = value if isinstance(value, Mapping) else {}
    return [
        f"{name}: {one if isinstance(one, str) else json.dumps(one, ensure_ascii=False)}" for name, one in given.items()
    ]


def known(prompt: Prompt, pk: Any, objects: Objects) -> Thing | None:
    """The object that an id stands for: one that may be used, or the template's own."""
    return objects.get(prompt.thing, {}).get(pk) or next((one for one in prompt.own if one.id == pk), None)


def slot_label(thing: Thing, objects: Objects) -> str:
    """What to call the choice of a credential of this kind."""
    label = f"{type_name(thing, objects)} credential".strip().capitalize()
    return f"{label} “{thing.vault_id}”" if thing.vault_id else label


def _name(prompt: Prompt, pk: Any, objects: Objects) -> str:
    thing = known(prompt, pk, objects)
    return thing.name if thing else UNKNOWN
