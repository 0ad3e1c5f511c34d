"""Templates that ask for more than their survey, objects to choose from, and forms of their tiles."""

from typing import Any

from catalog.forms import LaunchForm
from catalog.models import Controller, Template, Tile, TilePrompt, TowerObject
from catalog.prompts.fields import FIELDS
from tests.catalog.surveys import posted

DEFAULTS: dict[str, Any] = {
    "inventory": {"id": 2, "name": "Fabric A"},
    "limit": "",
    "scm_branch": "",
    "job_tags": "",
    "skip_tags": "",
    "diff_mode": False,
    "job_type": "run",
    "verbosity": 0,
    "credentials": [{"id": 3, "name": "Fabric machine", "credential_type": 1, "passwords_needed": []}],
    "execution_environment": {},
    "forks": 0,
    "job_slice_count": 1,
    "timeout": 0,
    "instance_groups": [],
}
EVERYTHING = tuple(field.ask for field in FIELDS)
OBJECTS: list[dict[str, Any]] = [
    {"kind": "inventory", "tower_id": 2, "name": "Fabric A"},
    {"kind": "inventory", "tower_id": 5, "name": "Fabric B"},
    {"kind": "credential", "tower_id": 3, "name": "Fabric machine", "type_id": 1, "type_name": "Machine"},
    {"kind": "credential", "tower_id": 4, "name": "Asking machine", "type_id": 1, "type_name": "Machine",
     "passwords": ["ssh_password"]},
    {"kind": "credential", "tower_id": 6, "name": "Vault dev", "type_id": 3, "type_name": "Vault", "vault_id": "dev",
     "passwords": ["vault_password.dev"]},
    {"kind": "execution_environment", "tower_id": 1, "name": "AWX EE"},
    {"kind": "label", "tower_id": 1, "name": "portal"},
    {"kind": "label", "tower_id": 2, "name": "urgent"},
    {"kind": "instance_group", "tower_id": 2, "name": "default"},
]  # fmt: skip


def template(*asks: str, kind: str = "job_template", survey: Any = (), **defaults: Any) -> Template:
    """A stored template that asks for these, and what there is to choose from in its Tower."""
    controller = Controller.objects.create(name="Tower", url="https://tower.example")
    for row in OBJECTS:
        TowerObject.objects.create(controller=controller, **row)
    return Template.objects.create(
        controller=controller,
        kind=kind,
        tower_id=15,
        name="Ask for everything",
        survey_enabled=bool(survey),
        survey=list(survey),
        prompts={
            "asks": {f"ask_{name}_on_launch": True for name in asks},
            "defaults": DEFAULTS | defaults,
        },
    )


def tile_of(found: Template, **decisions: Any) -> Tile:
    """A tile whose curator decided: "ask", "hide", or a value for good."""
    tile = Tile.objects.create(template=found, title="Maintenance", slug="maintenance", for_everyone=True)
    for name, decision in decisions.items():
        decided = decision if decision in ("ask", "hide") else "fix"
        TilePrompt.objects.create(tile=tile, name=name, decision=decided, value=decision if decided == "fix" else None)
    return tile


def sent(tile: Tile, *, kept: Any = (), **answers: Any) -> LaunchForm:
    """A form that was sent with these answers; `p_limit` stands for the field p-limit."""
    names = {name: name.replace("p_", "p-", 1) if name.startswith("p_") else name for name in answers}
    names |= {name: name.replace("w_", "w-", 1) for name in answers if name.startswith("w_")}
    fields = {f"a-{names[name].replace('__', '-')}": answer for name, answer in answers.items()}
    return LaunchForm(tile, posted(fields), kept=kept)
