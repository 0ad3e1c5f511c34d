"""Views of what a launch may bring along: inventories, credentials, environments, labels, instance groups."""

from collections.abc import Callable
from typing import Any

from demo.tower import models
from demo.tower.answers import forbidden, missing
from demo.tower.call import Call
from demo.tower.filters import Model
from demo.tower.listing import listing
from demo.tower.world import Named

MODELS = {
    "inventories": "Inventory",
    "credentials": "Credential",
    "execution_environments": "ExecutionEnvironment",
    "labels": "Label",
    "instance_groups": "InstanceGroup",
}
OPEN = ("execution_environments",)


def lists(kind: str) -> Callable[[Call], dict[str, Any]]:
    """GET of the list of one kind: superusers see all, the others what they may use."""

    def get(call: Call) -> dict[str, Any]:
        rows = [one for one in _all(call, kind).values() if kind in OPEN or call.who.may_use(one.name)]
        return listing(call, Model(MODELS[kind], models.NAMED.fields), rows, lambda call, one: _shape(call, kind, one))

    return get


def one(call: Call, kind: str, pk: int) -> dict[str, Any]:
    """GET of one."""
    found = _all(call, kind).get(pk)
    if found is None:
        raise missing(MODELS[kind])
    if kind not in OPEN and not call.who.may_use(found.name):
        raise forbidden()
    return _shape(call, kind, found)


def _all(call: Call, kind: str) -> dict[int, Any]:
    world = call.tower.world
    if kind == "labels":
        return {pk: Named(pk, name) for pk, name in world.labels.items()}
    found: dict[int, Any] = getattr(world, kind)
    return found


def _shape(call: Call, kind: str, one: Any) -> dict[str, Any]:
    """One of them, in short."""
    name = "inventory" if kind == "inventories" else kind.removesuffix("s")
    shape = {"id": one.id, "type": name, "url": call.url(kind, one.id), "name": one.name}
    if kind != "labels":
        shape["description"] = one.description
    if kind != "instance_groups":
        shape["organization"] = call.tower.world.organization_id
    if kind == "inventories":
        shape["total_hosts"] = len(one.hosts)
    if kind == "credentials":
        line = {"id": one.type_id, "name": one.kind_name, "description": ""}
        shape |= {"summary_fields": {"credential_type": line}, "credential_type": one.type_id}
        shape |= {"inputs": one.inputs, "kind": one.kind}
    return shape
