"""Words of the catalog: a curator's sentences with answers in them, and what the form says about an answer."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_PLACE = re.compile(r"\{([^{}]+)\}")
_COMMANDS = frozenset({"choose", "enter", "fill", "give", "name", "pick", "please", "provide", "select", "set", "type"})


@dataclass(frozen=True)
class Part:
    """A stretch of a sentence: plain text, or the place of an answer (`text` is then the place as it was written)."""

    text: str
    variable: str = ""


def parts(sentence: str) -> list[Part]:
    """Split "A network for {_tenant}" into its text and the places of answers."""
    found: list[Part] = []
    for index, piece in enumerate(_PLACE.split(sentence)):
        if index % 2:
            found.append(Part(f"{{{piece}}}", piece.strip()))
        elif piece:
            found.append(Part(piece))
    return found


def fill(sentence: str, answers: Iterable[Mapping[str, Any]]) -> str:
    """The sentence with answers (as in `Job.answers`) in their places; secret ones are never filled in.

    What stands between two commas is left out if all of its places are blank: "{_tenant}, VLAN {_vlan}" without a VLAN
    is only the tenant.
    """
    given = {answer["variable"]: _spoken(answer["value"]) for answer in answers if not answer.get("secret")}
    clauses = []
    for clause in sentence.split(", "):
        found = parts(clause)
        values = [given.get(part.variable, "") for part in found if part.variable]
        if not values or any(values):
            clauses.append("".join(given.get(part.variable, "") if part.variable else part.text for part in found))
    return " ".join(", ".join(clauses).split())


def listed(words: Iterable[str]) -> str:
    """As in: a, b and c."""
    *most, last = list(words) or [""]
    return f"{', '.join(most)} and {last}" if most else last


def _spoken(value: Any) -> str:
    return listed(str(one) for one in value) if isinstance(value, list | tuple) else str(value)


def in_sentence(label: str) -> str:
    """A label as it stands within a sentence: "Tenant name:" is "tenant name", "VLAN number" stays."""
    label = label.strip().rstrip(":*").rstrip()
    first = label.split(maxsplit=1)[0] if label else ""
    return label if first[1:] != first[1:].lower() or re.search(r"\d", first) else label[:1].lower() + label[1:]


def missing(label: str, verb: str = "Enter") -> str:
    """What to say where an answer is missing. A label that is itself a question or a request is repeated as it is."""
    label = label.strip().rstrip(":*").rstrip()
    if label.endswith("?"):
        return f"Answer the question: {label}"
    if label.partition(" ")[0].lower() in _COMMANDS:
        return label
    return f"{verb} {in_sentence(label)}"


def outside(least: float | None, most: float | None) -> str:
    """What to say of a number that is out of bounds."""
    if least is not None and most is not None:
        return f"Enter a number from {least} to {most}"
    return f"Enter a number of at least {least}" if most is None else f"Enter a number of at most {most}"


def too_long(most: float, length: int) -> str:
    return f"Use at most {_characters(most)}; this has {length}"


def too_short(least: float, length: int) -> str:
    return f"Use at least {_characters(least)}; this has {length}"


def _characters(count: float) -> str:
    return f"{count} character" if count == 1 else f"{count} characters"
