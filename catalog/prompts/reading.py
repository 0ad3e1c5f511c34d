"""From what Tower says of a template to what it asks for at launch."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from catalog.prompts.fields import FIELDS, Field, Kind

__all__ = ["Kind", "Prompt", "Prompts", "Thing", "read"]


@dataclass(frozen=True)
class Thing:
    """An object of Tower: an inventory, a credential, … `usable`: our account may use it in a launch.

    Of a credential there are also its type, the identity of a vault, and the names of passwords it wants at launch.
    """

    id: int
    name: str
    usable: bool = True
    type_id: int = 0
    type_name: str = ""
    vault_id: str = ""
    passwords: tuple[str, ...] = ()

    @property
    def slot(self) -> tuple[int, str]:
        """Of two credentials of one slot, a job can have one."""
        return (self.type_id, self.vault_id)


@dataclass(frozen=True)
class Prompt:
    """A field that is asked for. `default` is what the template has, as Tower's JSON: for objects their ids.

    `own` are the template's objects, by name. `needed`: Tower cannot start without an answer.
    """

    name: str
    kind: Kind
    label: str
    help: str = ""
    default: Any = None
    choices: tuple[tuple[Any, str], ...] = ()
    most: int | None = None
    thing: str = ""
    own: tuple[Thing, ...] = ()
    needed: bool = False


@dataclass(frozen=True)
class Prompts:
    """What a template asks for, in the order of a form, and what it has of its own, asked for or not."""

    workflow: bool = False
    asked: tuple[Prompt, ...] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    credentials: tuple[Thing, ...] = ()
    passwords: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Prompt]:
        return iter(self.asked)

    def named(self, name: str) -> Prompt | None:
        return next((prompt for prompt in self.asked if prompt.name == name), None)

    @property
    def lacks_inventory(self) -> bool:
        """It has none, and cannot start without; a workflow can."""
        return not self.workflow and "inventory" in self.defaults and self.defaults["inventory"] is None


def read(kind: str, stored: Mapping[str, Any]) -> Prompts:
    """The prompts of a template; `stored` is `Template.prompts`."""
    workflow = kind == "workflow_job_template"
    asks = _mapping(stored.get("asks"))
    told = _mapping(stored.get("defaults"))
    defaults = {one.name: _default(one, told[one.name]) for one in FIELDS if one.name in told}
    own = {one.name: _own(one, told.get(one.name)) for one in FIELDS if one.thing}
    found = Prompts(workflow, (), defaults, own["credentials"], tuple(map(str, stored.get("passwords_needed") or [])))
    asked = tuple(
        Prompt(
            name=one.name,
            kind=one.kind,
            label=one.label,
            help=one.help,
            default=defaults.get(one.name),
            choices=one.choices,
            most=one.most,
            thing=one.thing,
            own=own.get(one.name, ()),
            needed=one.name == "inventory" and found.lacks_inventory,
        )
        for one in FIELDS
        if asks.get(f"ask_{one.ask}_on_launch") is True and (one.workflow or not workflow)
    )
    return Prompts(workflow, asked, defaults, found.credentials, found.passwords)


def _default(one: Field, told: Any) -> Any:
    """A template's value as a launch would send it; a workflow's null for a text is none."""
    if one.kind == Kind.OBJECT:
        return _mapping(told).get("id")
    if one.thing:
        return [thing.id for thing in _own(one, told)]
    return told


def _own(one: Field, told: Any) -> tuple[Thing, ...]:
    rows = told if isinstance(told, list) else [told]
    return tuple(
        Thing(
            id=row["id"],
            name=str(row.get("name") or ""),
            usable=False,
            type_id=row.get("credential_type") or 0,
            vault_id=str(row.get("vault_id") or ""),
            passwords=tuple(map(str, row.get("passwords_needed") or [])),
        )
        for row in rows
        if isinstance(row, Mapping) and isinstance(row.get("id"), int)
    )


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
