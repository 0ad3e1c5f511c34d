"""Read a catalog's YAML file into a World. Ids are handed out in the file's order and stay the same over restarts."""

import copy
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from demo.tower import clock
from demo.tower.store import Store
from demo.tower.world import Credential, Host, Inventory, Node, Template, World

JOB_VALUES: dict[str, Any] = {
    "job_type": "run", "inventory": None, "scm_branch": "", "forks": 0, "limit": "", "verbosity": 0, "job_tags": "",
    "skip_tags": "", "timeout": 0, "diff_mode": False, "job_slice_count": 1, "execution_environment": None,
}  # fmt: skip
WORKFLOW_VALUES: dict[str, Any] = dict.fromkeys(("inventory", "limit", "scm_branch", "job_tags", "skip_tags"))


def load(path: Path, store: Store) -> tuple[World, list[dict[str, Any]]]:
    """The world of a catalog file, and the accounts it lists. Raises KeyError for a name the file does not define."""
    data = copy.deepcopy(_read(path, path.stat().st_mtime_ns))
    world = World(organization=data.get("organization", "Default"))
    world.organization_description = data.get("organization_description", "")
    project = data.get("project") or {}
    world.project, world.project_description = project.get("name", "demo"), project.get("description", "")
    world.project_override = bool(project.get("allow_override", False))
    world.project_folder = path.parent / project.get("folder", "project")
    world.project_id = store.id_of("template", f"project {world.project}", project.get("id"))
    for entry in data.get("inventories", []):
        inventory = _inventory(entry, store)
        world.inventories[inventory.id] = inventory
    for entry in data.get("credentials", []):
        pk = store.id_of("credential", entry["name"], entry.get("id"))
        world.credentials[pk] = Credential(**{**entry, "id": pk})
    for name in data.get("labels", []):
        world.labels[store.id_of("label", name)] = name
    for kind in ("job_template", "workflow_job_template"):
        for entry in data.get(f"{kind}s", []):
            add_template(world, store, kind, entry)
    return world, list(data.get("accounts", []))


@lru_cache
def _read(path: Path, changed: int) -> dict[str, Any]:
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")))


def _inventory(entry: dict[str, Any], store: Store) -> Inventory:
    hosts = [
        Host(store.id_of("host", f"{entry['name']}/{host['name']}", host.get("id")), host["name"],
             host.get("description", ""), host.get("variables", {}))
        for host in entry.get("hosts", [])
    ]  # fmt: skip
    groups = {group["name"]: list(group.get("hosts", [])) for group in entry.get("groups", [])}
    pk = store.id_of("inventory", entry["name"], entry.get("id"))
    return Inventory(pk, entry["name"], entry.get("description", ""), hosts, groups)


def add_template(world: World, store: Store, kind: str, entry: dict[str, Any]) -> Template:
    """Put one template, as a catalog file describes it, into the world."""
    moment = clock.now()
    pk = store.id_of("template", f"{kind} {entry['name']}", entry.get("id"))
    defaults = WORKFLOW_VALUES if kind == "workflow_job_template" else JOB_VALUES
    values = {name: entry.get(name, default) for name, default in defaults.items()}
    values["inventory"] = _named(world.inventories.values(), entry.get("inventory"))
    template = Template(pk, kind, entry["name"], moment, moment, entry.get("description", ""), values=values)
    if kind == "job_template":
        template.branch_override = world.project_override
        template.playbook, template.project = entry.get("playbook", ""), world.project_id
        template.credentials = [_must(world.credentials.values(), name) for name in entry.get("credentials", [])]
    template.asks = set(entry.get("ask", []))
    template.survey = entry.get("survey") or {}
    template.survey_enabled = bool(entry.get("survey_enabled", bool(template.survey)))
    template.allow_simultaneous = bool(entry.get("allow_simultaneous", False))
    template.host_config_key = entry.get("host_config_key", "")
    template.extra_vars = _text(entry.get("extra_vars", ""))
    template.nodes = [_node(world, store, entry["name"], node) for node in entry.get("nodes", [])]
    world.templates[pk] = template
    return template


def _node(world: World, store: Store, workflow: str, entry: dict[str, Any]) -> Node:
    name = entry["identifier"]
    pk = store.id_of("node", f"{workflow}/{name}", entry.get("id"))
    links: dict[str, Any] = {kind: list(entry.get(kind, [])) for kind in ("success", "failure", "always")}
    if wish := entry.get("approval"):
        template = store.id_of("template", f"approval {workflow}/{name}", wish.get("id"))
        approval = {"name": wish["name"], "description": wish.get("description", ""), "timeout": wish.get("timeout", 0)}
        return Node(pk, name, template, approval=approval, **links)
    template = world.template_named(entry["job_template"]).id
    return Node(pk, name, template, entry.get("extra_data", {}), **links)


def _text(extra_vars: str | dict[str, Any]) -> str:
    """Templates keep their variables as text, as Tower does."""
    if isinstance(extra_vars, str):
        return extra_vars
    return str(yaml.safe_dump(extra_vars, sort_keys=False)) if extra_vars else ""


def _named(things: Iterable[Inventory] | Iterable[Credential], name: str | None) -> int | None:
    return None if name is None else _must(things, name)


def _must(things: Iterable[Inventory] | Iterable[Credential], name: str) -> int:
    for thing in things:
        if thing.name == name:
            return thing.id
    raise KeyError(f"the catalog names {name!r}, and does not define it")
