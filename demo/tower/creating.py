"""From what a launch, a callback or a schedule brings along to the job of it."""

from typing import Any

from demo.tower import making, surveys, workflows
from demo.tower.ledger import Job
from demo.tower.state import Tower
from demo.tower.world import Credential, Template


def create(tower: Tower, template: Template, accepted: dict[str, Any], **origin: Any) -> Job:
    """The new job; a workflow job for a workflow, and when a job template's work is sliced."""
    clear = surveys.job_variables(template, accepted.get("extra_vars", {}))
    secrets = {"vars": making.pick_secrets(template, clear), "passwords": accepted.get("passwords", {})}
    fields = making.job_fields(template, accepted) | origin
    fields["labels"] = sorted({*template.labels, *accepted.get("labels", [])})
    fields["extra_vars"] = making.masked(clear, secrets["vars"])
    fields["prompts"] = prompts(accepted, secrets["vars"])
    if template.is_workflow:
        return tower.ledger.create("workflow_job", secrets, nodes=workflows.plan(tower, template), **fields)
    fields["credentials"] = [one.id for one in used_credentials(tower, template, accepted)]
    fields["instance_groups"] = accepted.get("instance_groups", [])
    slices = 1 if fields.get("launch_type") == "callback" else _slices(tower, fields["values"])
    if slices > 1:
        return workflows.create_sliced(tower, template, slices, secrets, fields)
    return tower.ledger.create("job", secrets, **fields)


def prompts(accepted: dict[str, Any], secret: dict[str, Any]) -> dict[str, Any]:
    """What was asked for at launch, as it is kept: passwords left out, secret variables masked."""
    kept = {name: value for name, value in accepted.items() if name not in ("passwords", "extra_vars")}
    if variables := accepted.get("extra_vars"):
        kept["extra_vars"] = making.masked(variables, secret)
    return kept


def used_credentials(tower: Tower, template: Template, accepted: dict[str, Any]) -> list[Credential]:
    """The template's credentials, replaced by the launch's where they fill the same slot."""
    known = tower.world.credentials
    asked = accepted.get("credentials", [])
    slots = {known[pk].slot: known[pk] for pk in (*template.credentials, *asked) if pk in known}
    return list(slots.values())


def _slices(tower: Tower, values: dict[str, Any]) -> int:
    inventory = tower.world.inventories.get(values["inventory"] or 0)
    wanted: int = values["job_slice_count"]
    return min(wanted, len(inventory.hosts) if inventory else 0)
