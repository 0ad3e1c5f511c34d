"""Workflow jobs: their nodes, and the steps from one node to the next."""

from typing import Any

from demo.tower import making, surveys
from demo.tower.ledger import Job
from demo.tower.state import Tower
from demo.tower.world import Template


def plan(tower: Tower, template: Template) -> list[dict[str, Any]]:
    """The nodes of a new workflow job, with ids of their own."""
    ids = {node.identifier: _serial(tower) for node in template.nodes}
    return [
        {"id": ids[node.identifier], "identifier": node.identifier, "template": node.template, "job": None,
         "extra_data": node.extra_data, "do_not_run": False, "approval": node.approval} | {
            kind: [ids[one] for one in getattr(node, kind)] for kind in ("success", "failure", "always")}
        for node in template.nodes
    ]  # fmt: skip


def _serial(tower: Tower) -> int:
    number = int(tower.store.recall("job nodes") or 0) + 1
    tower.store.remember("job nodes", str(number))
    return number


def create_sliced(
    tower: Tower, template: Template, slices: int, secrets: dict[str, Any], fields: dict[str, Any]
) -> Job:
    """A job template whose work is cut into slices gives a workflow job with a node for each."""
    nodes: list[dict[str, Any]] = [
        {"id": _serial(tower), "identifier": str(number), "template": template.id,
         "job": None, "extra_data": {}, "do_not_run": False, "success": [], "failure": [], "always": [],
         "slice": number}
        for number in range(1, slices + 1)
    ]  # fmt: skip
    return tower.ledger.create("workflow_job", secrets, nodes=nodes, is_sliced=True, **fields)


def advance(tower: Tower, workflow: Job) -> None:
    """Start the nodes whose turn it is, and end the workflow when nothing is left to run.

    A node runs when one of its parents ended in a way that leads to it. The workflow fails when a job failed and no
    failure or always link took care of it.
    """
    ledger = tower.ledger
    with ledger.lock:
        if workflow.ended or workflow.status != "running":
            return
        for node in workflow.nodes * len(workflow.nodes):  # a node skipped may settle one that stands before it
            if node["job"] is None and not node["do_not_run"] and not workflow.canceled_on:
                _decide(tower, workflow, node)
        children = [ledger.jobs.get(node["job"]) for node in workflow.nodes if node["job"]]
        active = any(child is not None and not child.ended for child in children)
        ledger.save(workflow)
    if not active and (workflow.canceled_on or all(node["job"] or node["do_not_run"] for node in workflow.nodes)):
        ledger.finish(workflow, _verdict(tower, workflow))


def _decide(tower: Tower, workflow: Job, node: dict[str, Any]) -> None:
    parents = [one for one in workflow.nodes if node["id"] in (*one["success"], *one["failure"], *one["always"])]
    if not parents or any(_leads(tower, parent, node) for parent in parents):
        node["job"] = _spawn(tower, workflow, node).id
    elif all(_settled(tower, parent) for parent in parents):
        node["do_not_run"] = True


def _settled(tower: Tower, node: dict[str, Any]) -> bool:
    child = tower.ledger.jobs.get(node["job"] or 0)
    return bool(node["do_not_run"] or (child and child.ended))


def _leads(tower: Tower, parent: dict[str, Any], node: dict[str, Any]) -> bool:
    child = tower.ledger.jobs.get(parent["job"] or 0)
    if child is None or not child.ended:
        return False
    return node["id"] in parent["always"] or node["id"] in parent["failure" if child.failed else "success"]


def _spawn(tower: Tower, workflow: Job, node: dict[str, Any]) -> Job:
    """A node's job, or its approval. The workflow's variables reach a job whatever its template asks for."""
    if node.get("approval"):
        return _ask(tower, workflow, node)
    template = tower.world.templates[node["template"]]
    fields = making.job_fields(template, {})
    for name, value in workflow.values.items():
        if value is not None and value != "":
            fields["values"][name] = value
    sealed = tower.ledger.secrets(workflow)["vars"]
    clear = surveys.job_variables(template, node["extra_data"] | tower.ledger.clear_vars(workflow))
    secret = {name: clear[name] for name in (*sealed, *template.secret_variables) if name in clear}
    masked = making.masked(clear, secret)
    return tower.ledger.create(
        "job", {"vars": secret}, extra_vars=masked, credentials=list(template.credentials), workflow=workflow.id,
        launch_type="workflow", created_by=workflow.created_by, slice_number=node.get("slice", 0), **fields,
    )  # fmt: skip


def _ask(tower: Tower, workflow: Job, node: dict[str, Any]) -> Job:
    """An approval: it waits from the moment it exists, and counts as started."""
    approval = tower.ledger.create(
        "workflow_approval", {}, template=node["template"], workflow=workflow.id, launch_type="workflow",
        created_by=workflow.created_by, allow_simultaneous=True, **node["approval"],
    )  # fmt: skip
    approval.started = approval.created
    tower.ledger.save(approval)
    return approval


def _verdict(tower: Tower, workflow: Job) -> str:
    if workflow.canceled_on:
        return "canceled"
    for node in workflow.nodes:
        child = tower.ledger.jobs.get(node["job"] or 0)
        if child and child.failed and not (node["failure"] or node["always"]):
            return "failed"
    return "successful"
