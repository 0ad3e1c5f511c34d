"""Inventories, credentials and hosts as the API shows them."""

from typing import Any

from demo.tower import clock, links
from demo.tower.call import Call
from demo.tower.world import Credential, Host, Inventory

MADE = clock.now()
OF_INVENTORIES = ("hosts", "variable_data", "script", "activity_stream", "job_templates", "ad_hoc_commands",
                  "access_list", "object_roles", "instance_groups", "copy", "labels", "groups", "root_groups",
                  "update_inventory_sources", "inventory_sources", "tree")  # fmt: skip
OF_CREDENTIALS = ("activity_stream", "access_list", "object_roles", "owner_users", "owner_teams", "copy",
                  "input_sources")  # fmt: skip


def inventory(call: Call, one: Inventory) -> dict[str, Any]:
    """An inventory."""
    counts = links.inventory(call, one.id)
    roles = ("admin_role", "update_role", "adhoc_role", "use_role", "read_role")
    shape = _head(call, "inventory", "inventories", one, OF_INVENTORIES, roles)
    shape["summary_fields"] |= {
        "user_capabilities": dict.fromkeys(("edit", "delete", "copy", "adhoc"), call.who.superuser),
        "labels": {"count": 0, "results": []},
    }
    shape |= {"kind": "", "host_filter": None, "variables": ""}
    names = ("has_active_failures", "total_hosts", "hosts_with_active_failures", "total_groups",
             "has_inventory_sources", "total_inventory_sources", "inventory_sources_with_failures")  # fmt: skip
    shape |= {name: counts[name] for name in names}
    return shape | {"pending_deletion": False, "prevent_instance_group_fallback": False}


def credential(call: Call, one: Credential) -> dict[str, Any]:
    """A credential, its secrets masked."""
    kind = {"id": one.type_id, "name": one.kind_name, "description": ""}
    shape = _head(call, "credential", "credentials", one, OF_CREDENTIALS, ("admin_role", "use_role", "read_role"))
    shape["related"]["credential_type"] = call.url("credential_types", one.type_id)
    capable = dict.fromkeys(("edit", "delete", "copy"), call.who.superuser) | {"use": call.who.may_use(one.name)}
    owner = links.organization(call) | {"type": "organization", "url": shape["related"]["organization"]}
    shape["summary_fields"] |= {"credential_type": kind, "user_capabilities": capable, "owners": [owner]}
    shape |= {"credential_type": one.type_id, "managed": False, "inputs": one.inputs, "kind": one.kind}
    return shape | {"cloud": False, "kubernetes": False}


def host(call: Call, one: tuple[Inventory, Host]) -> dict[str, Any]:
    """A host, in short."""
    home, found = one
    line = links.inventory(call, home.id)
    return {
        "id": found.id, "type": "host", "url": call.url("hosts", found.id), "name": found.name,
        "related": {"inventory": call.url("inventories", home.id)}, "summary_fields": {"inventory": line},
        "description": found.description, "inventory": home.id, "enabled": True,
        "has_active_failures": found.name in home.failed_hosts,
    }  # fmt: skip


def _head(
    call: Call, kind: str, plural: str, one: Any, sublists: tuple[str, ...], roles: tuple[str, ...]
) -> dict[str, Any]:
    """What both show alike, up to the organization."""
    here = call.url(plural, one.id)
    related = {"named_url": call.url(plural, f"{one.name}++{call.tower.world.organization}")}
    related |= {name: call.url("users", 1) for name in ("created_by", "modified_by")}
    related |= {name: f"{here}{name}/" for name in sublists}
    related["organization"] = call.url("organizations", call.tower.world.organization_id)
    summary: dict[str, Any] = {"organization": links.organization(call)}
    summary |= {name: links.user(call, 1) for name in ("created_by", "modified_by")}
    summary["object_roles"] = {
        name: {"id": one.id * 10 + number, "name": name.removesuffix("_role").title(), "description": ""}
        for number, name in enumerate(roles)
    }
    return {
        "id": one.id, "type": kind, "url": here, "related": related, "summary_fields": summary, "created": MADE,
        "modified": MADE, "name": one.name, "description": one.description,
        "organization": call.tower.world.organization_id,
    }  # fmt: skip
