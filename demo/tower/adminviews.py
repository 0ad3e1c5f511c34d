"""What an administrator does to Tower's inventory of things. It lasts until the catalog is read again."""

from typing import Any

from werkzeug.wrappers import Response

from demo.tower import catalogfile, siteviews, templates, thingrows, thingviews
from demo.tower.answers import Refused, as_json, missing
from demo.tower.call import Call
from demo.tower.filters import Model
from demo.tower.listing import associated, listing
from demo.tower.world import Credential, Host, Inventory

KINDS = {1: "ssh", 3: "vault", 4: "net"}  # by the credential type's id
REQUIRED = ["This field is required."]


def _body(call: Call, *needed: str) -> dict[str, Any]:
    """The body of a superuser's request, with at least these fields."""
    call.demand_superuser()
    body = call.body()
    if lacking := {name: REQUIRED for name in needed if not body.get(name)}:
        raise Refused(400, lacking)
    return body


def _made(shape: dict[str, Any]) -> Response:
    return as_json(shape, 201, {"Location": shape["url"]})


def _refuse_twin(name: str, existing: list[Any], text: str) -> None:
    if any(one.name == name for one in existing):
        raise Refused(400, {"__all__": [text]})


def make_inventory(call: Call) -> Response:
    """POST inventories/: one without hosts."""
    body, world = _body(call, "name", "organization"), call.tower.world
    twin = "Inventory with this Name and Organization already exists."
    _refuse_twin(body["name"], list(world.inventories.values()), twin)
    pk = call.tower.store.id_of("inventory", body["name"])
    world.inventories[pk] = Inventory(pk, body["name"], body.get("description", ""))
    return _made(thingrows.inventory(call, world.inventories[pk]))


def delete_inventory(call: Call, pk: int) -> Response:
    """DELETE inventories/N/: 202, since it goes in its own time. Its templates are left without one."""
    call.demand_superuser()
    world = call.tower.world
    if world.inventories.pop(pk, None) is None:
        raise missing("Inventory")
    for template in world.templates.values():
        if template.values.get("inventory") == pk:
            template.values["inventory"] = None
    return Response(status=202)


def make_credential(call: Call) -> Response:
    """POST credentials/. What is secret in it is not kept at all: the demo's playbooks need none."""
    body, world = _body(call, "name", "credential_type"), call.tower.world
    twin = "Credential with this Name, Organization, and Credential type already exists."
    _refuse_twin(body["name"], list(world.credentials.values()), twin)
    pk, inputs = call.tower.store.id_of("credential", body["name"]), body.get("inputs", {})
    kind, username = KINDS.get(body["credential_type"], "cloud"), inputs.get("username", "")
    found = Credential(pk, body["name"], kind, body.get("description", ""), username=username)
    world.credentials[pk] = found
    return _made(thingrows.credential(call, found))


def make_user(call: Call) -> Response:
    """POST users/."""
    body = _body(call, "username", "password")
    if any(one.username == body["username"] for one in call.tower.accounts.by_id.values()):
        raise Refused(400, {"username": ["A user with that username already exists."]})
    entry = {"username": body["username"], "superuser": body.get("is_superuser", False), "email": body.get("email", "")}
    account = call.tower.accounts.add(entry)
    call.tower.accounts.set_password(account.username, body["password"])
    shape = siteviews.user(call, account) | {"modified": None}
    shape["related"]["named_url"] = call.url("users", account.username)
    return _made(shape)


def make_template(call: Call, kind: str) -> Response:
    """POST job_templates/ and workflow_job_templates/."""
    body, tower = _body(call, "name", *(() if kind.startswith("workflow") else ("project", "playbook"))), call.tower
    twins = [one for one in tower.world.templates.values() if one.kind == kind]
    noun = "Job Template" if kind == "job_template" else "Workflow job template"
    _refuse_twin(body["name"], twins, f"{noun} with this Name and Organization already exists.")
    entry = {name: value for name, value in body.items() if name not in ("inventory", "credentials", "survey", "nodes")}
    entry["ask"] = [name[4:-10] for name, value in body.items() if value and name.endswith("_on_launch")]
    template = catalogfile.add_template(tower.world, tower.store, kind, entry)
    template.values["inventory"] = body.get("inventory")
    return _made(templates.created(call, template))


def credentials(call: Call, pk: int) -> dict[str, Any]:
    """GET job_templates/N/credentials/."""
    return thingviews.some(call, "credentials", call.template("job_template", pk).credentials)


def add_credential(call: Call, pk: int) -> Response:
    """POST job_templates/N/credentials/ {"id"}, with "disassociate" to take it away again."""
    call.demand_superuser()
    template, known = call.template("job_template", pk), call.tower.world.credentials
    found, away = associated(call, known)
    others = [one for one in template.credentials if one != found.id]
    if not away and any(known[one].slot == found.slot for one in others):
        raise Refused(400, {"error": f"Cannot assign multiple {found.kind_name} credentials."})
    template.credentials = others if away else [*others, found.id]
    return Response(status=204)


HOST = Model("Host", {"id": ("int", lambda one: one[1].id), "name": ("str", lambda one: one[1].name),
                      "inventory": ("int", lambda one: one[0].id)})  # fmt: skip


def _hosts(call: Call) -> list[tuple[Inventory, Host]]:
    homes = list(call.tower.world.inventories.values())
    return [(home, host) for home in homes if call.who.may_use(home.name) for host in home.hosts]


def hosts(call: Call) -> dict[str, Any]:
    """GET hosts/: those of the inventories that the caller may use."""
    return listing(call, HOST, _hosts(call), thingrows.host, order="name")


def host(call: Call, pk: int) -> dict[str, Any]:
    """GET hosts/N/."""
    return thingrows.host(call, _host(call, pk))


def delete_host(call: Call, pk: int) -> Response:
    """DELETE hosts/N/."""
    call.demand_superuser()
    home, found = _host(call, pk)
    home.hosts.remove(found)
    return Response(status=204)


def _host(call: Call, pk: int) -> tuple[Inventory, Host]:
    for home, found in _hosts(call):
        if found.id == pk:
            return home, found
    raise missing("Host")


def labels(call: Call, kind: str, pk: int) -> dict[str, Any]:
    """GET job_templates/N/labels/."""
    return thingviews.some(call, "labels", call.template(kind, pk).labels)
