"""Views of the installation: roots, ping, config, me, tokens, and the lists that make it plausible."""

import uuid
from typing import Any

from werkzeug.wrappers import Response

from demo.tower import clock, models
from demo.tower.accounts import FAR, Account
from demo.tower.answers import Refused, as_json, forbidden, missing
from demo.tower.call import Call
from demo.tower.listing import listing

RESOURCES = ("ping", "config", "me", "organizations", "users", "credentials", "tokens", "inventories", "job_templates",
             "jobs", "unified_job_templates", "unified_jobs", "workflow_job_templates", "workflow_jobs")  # fmt: skip


def root(call: Call) -> dict[str, Any]:
    """GET /api/: for anyone."""
    api = call.tower.generation.api
    found = {"description": "AWX REST API", "current_version": f"{call.base}/{api}/"}
    shape: dict[str, Any] = found | {"available_versions": {api: f"{call.base}/{api}/"}}
    if call.base == "/api" and not call.tower.generation.is_old:
        shape["oauth2"] = "/api/o/"
    return shape | dict.fromkeys(("custom_logo", "custom_login_info", "login_redirect_override"), "")


def version_root(call: Call) -> dict[str, Any]:
    """GET /api/v2/: for anyone. The inventories' key is in the singular."""
    return {("inventory" if name == "inventories" else name): call.url(name) for name in RESOURCES}


def ping(call: Call) -> dict[str, Any]:
    """GET ping/: for anyone, and the proof is not looked at."""
    node = {"node": "awx-local", "node_type": "hybrid", "uuid": call.tower.install_uuid, "heartbeat": clock.now()}
    version = call.tower.generation.version
    groups = [{"name": name, "capacity": 2, "instances": ["awx-local"]} for name in ("controlplane", "default")]
    return {
        "ha": False, "version": version, "active_node": "awx-local", "install_uuid": call.tower.install_uuid,
        "instances": [node | {"capacity": 2, "version": version}], "instance_groups": groups,
    }  # fmt: skip


def config(call: Call) -> dict[str, Any]:
    """GET config/."""
    licence = {"license_type": "open", "valid_key": True, "subscription_name": "OPEN", "product_name": "AWX"}
    shape: dict[str, Any] = {
        "time_zone": "UTC",
        "license_info": licence,
        "version": call.tower.generation.version,
        "eula": "",
        "analytics_status": "off",
    }
    shape |= {"analytics_collectors": {}, "become_methods": [["sudo", "Sudo"], ["enable", "Enable"]]}
    admin: dict[str, Any] = {"project_base_dir": "", "project_local_paths": [], "custom_virtualenvs": []}
    return shape | (admin if call.who.superuser else {})


def me(call: Call) -> dict[str, Any]:
    """GET me/: a list of one."""
    return {"count": 1, "next": None, "previous": None, "results": [user(call, call.who)]}


def user(call: Call, account: Account) -> dict[str, Any]:
    """A user as lists show one."""
    here = call.url("users", account.id)
    related = {name: f"{here}{name}/" for name in (
        "teams", "organizations", "admin_of_organizations", "projects", "credentials", "roles", "activity_stream",
        "access_list", "tokens", "authorized_tokens", "personal_tokens")}  # fmt: skip
    capable = {"edit": call.may_write, "delete": call.who.superuser and account is not call.who}
    resource = {"ansible_id": str(uuid.uuid5(uuid.UUID(call.tower.install_uuid), account.username))}
    summary = {"resource": resource | {"resource_type": "shared.user"}, "user_capabilities": capable}
    return {
        "id": account.id, "type": "user", "url": here, "related": related,
        "summary_fields": summary, "created": account.created, "modified": account.created,
        "username": account.username, "first_name": "", "last_name": "", "email": account.email,
        "is_superuser": account.superuser, "is_system_auditor": False, "password": "$encrypted$", "last_login": None,
    }  # fmt: skip


def users(call: Call) -> dict[str, Any]:
    """GET users/: superusers see all, the others themselves."""
    rows = [one for one in call.tower.accounts.by_id.values() if call.who.superuser or one is call.who]
    return listing(call, models.USER, rows, user)


def tokens(call: Call) -> dict[str, Any]:
    """GET tokens/: one's own."""
    rows = [_token(call, one, "************") for one in call.tower.accounts.tokens() if one["user"] == call.who.id]
    return {"count": len(rows), "next": None, "previous": None, "results": rows}


def make_token(call: Call, pk: int | None = None) -> Response:
    """POST tokens/ and users/N/personal_tokens/: the answer is the only place where the token is in clear."""
    if pk not in (None, call.who.id):
        raise forbidden()
    body = call.body()
    scope = body.get("scope", "write")
    if not isinstance(scope, str) or not set(scope.split()) or not set(scope.split()) <= {"read", "write"}:
        text = "Must be a simple space-separated string with allowed scopes ['read', 'write']."
        raise Refused(400, {"scope": [text]})
    record, token = call.tower.accounts.issue(call.who, scope=scope, description=str(body.get("description", "")))
    return as_json(_token(call, record, token), 201, {"Location": call.url("tokens", record["id"])})


def drop_token(call: Call, pk: int) -> Response:
    """DELETE tokens/N/: one's own."""
    for record in call.tower.accounts.tokens():
        if record["id"] == pk:
            if record["user"] != call.who.id and not call.who.superuser:
                raise forbidden()
            call.tower.accounts.revoke(pk)
            return Response(status=204)
    raise missing("OAuth2AccessToken")


def _token(call: Call, record: dict[str, Any], token: str) -> dict[str, Any]:
    here = call.url("tokens", record["id"])
    owner = call.tower.accounts.by_id[record["user"]]
    line = {"id": owner.id, "username": owner.username, "first_name": "", "last_name": ""}
    return {
        "id": record["id"], "type": "o_auth2_access_token", "url": here,
        "related": {"user": call.url("users", owner.id), "activity_stream": f"{here}activity_stream/"},
        "summary_fields": {"user": line}, "created": record["created"], "modified": record["created"],
        "description": record["description"], "user": owner.id, "token": token, "refresh_token": None,
        "application": None, "expires": FAR, "scope": record["scope"],
    }  # fmt: skip


def organizations(call: Call) -> dict[str, Any]:
    """GET organizations/."""
    world = call.tower.world
    line = {
        "id": world.organization_id,
        "type": "organization",
        "url": call.url("organizations", world.organization_id),
    }
    rows = [line | {"name": world.organization, "description": world.organization_description}]
    return {"count": 1, "next": None, "previous": None, "results": rows}
