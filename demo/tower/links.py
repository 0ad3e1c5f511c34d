"""The small blocks that Tower's objects share: links, summaries of related objects, users."""

from typing import Any

from demo.tower.call import Call
from demo.tower.ledger import Job
from demo.tower.world import Template


def user(call: Call, pk: int | None) -> dict[str, Any]:
    """A user as summary_fields show one; {} for none."""
    account = call.tower.accounts.by_id.get(pk or 0)
    return {"id": account.id, "username": account.username, "first_name": "", "last_name": ""} if account else {}


def organization(call: Call) -> dict[str, Any]:
    """The organization."""
    world = call.tower.world
    return {"id": world.organization_id, "name": world.organization, "description": world.organization_description}


def inventory(call: Call, pk: int | None) -> dict[str, Any]:
    """An inventory with its counts; {} for none."""
    found = call.tower.world.inventories.get(pk or 0)
    if found is None:
        return {}
    failing = len(found.failed_hosts)
    return {
        "id": found.id, "name": found.name, "description": found.description, "has_active_failures": failing > 0,
        "total_hosts": len(found.hosts), "hosts_with_active_failures": failing, "total_groups": len(found.groups),
        "has_inventory_sources": False, "total_inventory_sources": 0, "inventory_sources_with_failures": 0,
        "organization_id": call.tower.world.organization_id, "kind": "",
    }  # fmt: skip


def project(call: Call) -> dict[str, Any]:
    """The one project."""
    world = call.tower.world
    return {
        "id": world.project_id, "name": world.project, "description": world.project_description, "status": "ok",
        "scm_type": "", "allow_override": world.project_override,
    }  # fmt: skip


def credentials(call: Call, pks: list[int]) -> list[dict[str, Any]]:
    """Credentials in a line each."""
    known = call.tower.world.credentials
    found = [known[pk] for pk in pks if pk in known]
    return [
        {"id": one.id, "name": one.name, "description": one.description, "kind": one.kind, "cloud": False}
        for one in found
    ]


def labels(call: Call, pks: list[int]) -> dict[str, Any]:
    """Labels with their count."""
    known = call.tower.world.labels
    found = [{"id": pk, "name": known[pk]} for pk in pks if pk in known]
    return {"count": len(found), "results": found[:10]}


def template(found: Template, *, unified: bool = False) -> dict[str, Any]:
    """A template in a line."""
    line: dict[str, Any] = {"id": found.id, "name": found.name, "description": found.description}
    if unified:
        line["unified_job_type"] = "workflow_job" if found.is_workflow else "job"
    return line


def approval(pk: int, found: dict[str, Any]) -> dict[str, Any]:
    """An approval template in a line."""
    line = {"id": pk, "name": found["name"], "description": found["description"]}
    return line | {"unified_job_type": "workflow_approval"}


def job(found: Job) -> dict[str, Any]:
    """A job in a line, as its events and host summaries carry it."""
    return {
        "id": found.id, "name": found.name, "description": found.description, "status": found.status,
        "failed": found.failed, "elapsed": found.elapsed, "type": "job", "job_template_id": found.template,
        "job_template_name": found.name,
    }  # fmt: skip


def job_url(call: Call, found: Job) -> str:
    """Where a job lives."""
    return call.url(f"{found.type}s", found.id)


def template_url(call: Call, found: Template) -> str:
    """Where a template lives."""
    return call.url(f"{found.kind}s", found.id)
