"""What a tile makes of its template's prompts: which are asked, which always have the same value."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalog.models import Tile, TilePrompt, TowerObject
from catalog.prompts import NAMESPACE, Objects, Prompt, Prompts, body_of, in_words, known, needed_passwords, read

Decision = TilePrompt.Decision


@dataclass(frozen=True)
class Asking:
    """A tile's prompts. `fixed` are the values a curator set, as Tower takes them; what is neither is left to Tower."""

    prompts: Prompts
    asked: tuple[Prompt, ...]
    fixed: Mapping[str, Any]
    objects: Objects

    def asks(self, name: str) -> bool:
        return any(prompt.name == name for prompt in self.asked)

    def body(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """The fields of a launch: the answers, and what is fixed."""
        return body_of(self.prompts, {**answers, **self.fixed}, self.objects)

    def passwords(self, body: Mapping[str, Any]) -> list[str]:
        """The names of passwords that a launch with this body needs."""
        return needed_passwords(self.prompts, body, self.objects)

    @property
    def summary(self) -> list[dict[str, Any]]:
        """What is fixed, as answers (see `Job.answers`)."""
        return [
            {
                "variable": NAMESPACE + prompt.name,
                "label": prompt.label,
                "value": in_words(prompt, self.fixed[prompt.name], self.objects),
                "secret": False,
                "fixed": True,
            }
            for prompt in self.prompts
            if self.fixed.get(prompt.name) not in (None, [], {})
        ]


def usual(prompt: Prompt) -> TilePrompt.Decision:
    """What becomes of a prompt that no curator has looked at: asked only where Tower cannot start without."""
    return Decision.ASK if prompt.needed else Decision.HIDE


def of(tile: Tile) -> Asking:
    """What this tile asks for besides its survey. Reads the database only if its template prompts for anything."""
    prompts = read(tile.template.kind, tile.template.prompts)
    if not prompts.asked and not prompts.passwords:
        return Asking(prompts, (), {}, {})
    rows = {row.name: row for row in tile.prompts.all()} if tile.pk else {}
    decided = {prompt.name: Decision(rows[prompt.name].decision) if prompt.name in rows else usual(prompt)
               for prompt in prompts}  # fmt: skip
    asked = tuple(prompt for prompt in prompts if decided[prompt.name] == Decision.ASK)
    fixed = {
        name: rows[name].value
        for name, decision in decided.items()
        if decision == Decision.FIX and rows[name].value is not None
    }
    kinds = {prompt.thing for prompt in prompts if prompt.thing and decided[prompt.name] != Decision.HIDE}
    return Asking(prompts, asked, fixed, objects(tile.template.controller_id, kinds))


def objects(controller_id: int | None, kinds: set[str]) -> Objects:
    """What there is to choose from in a Tower, by kind and id."""
    found: dict[str, dict[int, Any]] = {kind: {} for kind in kinds}
    if controller_id and kinds:
        for row in TowerObject.objects.filter(controller_id=controller_id, kind__in=kinds):
            found[row.kind][row.tower_id] = row.thing
    return found


def obstacles(asking: Asking) -> list[str]:
    """Why a launch would fail whatever is answered, in sentences for people; empty if it need not."""
    found = []
    if asking.prompts.lacks_inventory:
        found += _without_inventory(asking)
    for prompt in asking.prompts:
        value = asking.fixed.get(prompt.name)
        ids = value if isinstance(value, list) else [value]
        if prompt.thing and value is not None and any(known(prompt, pk, asking.objects) is None for pk in ids):
            found.append(f"“{prompt.label}” is set to something that the portal’s account may no longer use in Tower.")
    return found


def _without_inventory(asking: Asking) -> list[str]:
    if asking.prompts.named("inventory") is None:
        return ["Its template in Tower has no inventory to run on."]
    if asking.asks("inventory"):
        none = not asking.objects.get("inventory")
        return ["Tower offers no inventory that the portal’s account may use, and asks for one."] if none else []
    words = "Tower asks for an inventory, and this tile neither asks for one nor has one."
    return [] if "inventory" in asking.fixed else [words]
