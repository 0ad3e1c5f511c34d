"""GET launch/: what a launch of this template asks for."""

from typing import Any

from demo.tower.call import Call
from demo.tower.world import JOB_ASKS, WORKFLOW_ASKS, Template


def get(call: Call, pk: int) -> dict[str, Any]:
    """GET job_templates/N/launch/."""
    template = call.template("job_template", pk)
    world = call.tower.world
    credentials = [world.credentials[one] for one in template.credentials]
    passwords = [name for credential in credentials for name in credential.passwords_needed]
    defaults: dict[str, Any] = {"inventory": _inventory(call, template)}
    defaults |= {name: template.values[name] for name in ("limit", "scm_branch", "job_tags", "skip_tags")}
    defaults |= {"extra_vars": template.extra_vars, "diff_mode": template.values["diff_mode"]}
    defaults |= {"job_type": template.values["job_type"], "verbosity": template.values["verbosity"]}
    if credentials:
        defaults["credentials"] = [
            {"id": one.id, "name": one.name, "credential_type": one.type_id,
             "passwords_needed": one.passwords_needed} | ({"vault_id": one.vault_id} if one.kind == "vault" else {})
            for one in credentials
        ]  # fmt: skip
    environment = world.execution_environments.get(template.values["execution_environment"] or 0)
    defaults["execution_environment"] = {"id": environment.id, "name": environment.name} if environment else {}
    if template.labels:
        defaults["labels"] = [{"id": one, "name": world.labels[one]} for one in template.labels]
    defaults |= {name: template.values[name] for name in ("forks", "job_slice_count", "timeout")}
    return {
        "can_start_without_user_input": can_start_without_input(template) and not passwords,
        "passwords_needed_to_start": passwords,
        **asks(template),
        "survey_enabled": bool(template.questions),
        "variables_needed_to_start": needed(template),
        "credential_needed_to_start": False,
        "inventory_needed_to_start": template.values["inventory"] is None,
        "job_template_data": {"name": template.name, "id": template.id, "description": template.description},
        "defaults": {**defaults, "instance_groups": []},
    }


def get_workflow(call: Call, pk: int) -> dict[str, Any]:
    """GET workflow_job_templates/N/launch/."""
    template = call.template("workflow_job_template", pk)
    defaults = {name: template.values[name] for name in ("limit", "scm_branch", "job_tags", "skip_tags")}
    return {
        **asks(template),
        "can_start_without_user_input": not needed(template),
        "defaults": {"inventory": _inventory(call, template)} | defaults | {"extra_vars": template.extra_vars},
        "survey_enabled": bool(template.questions),
        "variables_needed_to_start": needed(template),
        "node_templates_missing": [],
        "node_prompts_rejected": [node.id for node in template.nodes if node.extra_data],
        "workflow_job_template_data": {"name": template.name, "id": template.id, "description": template.description},
    }


def asks(template: Template) -> dict[str, bool]:
    """The ask_*_on_launch switches."""
    names = WORKFLOW_ASKS if template.is_workflow else JOB_ASKS
    return {f"ask_{name}_on_launch": name in template.asks for name in names}


def needed(template: Template) -> list[str]:
    """Variables of required questions."""
    return [question["variable"] for question in template.questions if question["required"]]


def can_start_without_input(template: Template) -> bool:
    """Tower's own idea of it: nothing prompted for, nothing required; it overlooks a deleted inventory."""
    return not template.asks and not needed(template)


def _inventory(call: Call, template: Template) -> dict[str, Any]:
    inventory = call.tower.world.inventories.get(template.values["inventory"] or 0)
    return {"name": inventory.name if inventory else None, "id": inventory.id if inventory else None}
