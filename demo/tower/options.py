"""OPTIONS: what a resource can do, as clients that build their commands from it expect (awxkit does)."""

from collections.abc import Mapping
from typing import Any

from demo.tower.call import Call

SEARCHED = ["description", "name"]
TYPES = {
    "extra_vars": "json", "inventory": "id", "credentials": "list_of_ids", "labels": "list_of_ids",
    "instance_groups": "list_of_ids", "execution_environment": "id", "verbosity": "choice", "job_type": "choice",
    "diff_mode": "boolean", "forks": "integer", "timeout": "integer", "job_slice_count": "integer",
    "credential_passwords": "field", "limit": "string", "job_tags": "string", "skip_tags": "string",
    "scm_branch": "string",
}  # fmt: skip
CHOICES = {
    "verbosity": [[number, str(number)] for number in range(6)],
    "job_type": [["run", "Run"], ["check", "Check"]],
}


def describe(call: Call, values: Mapping[str, Any]) -> dict[str, Any]:
    """The description of a resource."""
    steps = [step for step in call.request.path.removeprefix(call.base).split("/") if step][1:]
    name = " ".join(steps[:1] + ([] if values else ["list"])).replace("_", " ").title()
    actions: dict[str, Any] = {"GET": _readable()}
    if steps[-1:] == ["launch"]:
        actions["POST"] = _launchable()
    shape = {
        "name": name, "description": f"{name} of the demo Tower.", "renders": ["application/json", "text/html"],
        "parses": ["application/json"], "actions": actions, "types": [steps[0].removesuffix("s")] if steps else [],
    }  # fmt: skip
    searched = {"search_fields": SEARCHED, "related_search_fields": [], "max_page_size": 200}
    return shape if values else shape | searched


def _readable() -> dict[str, Any]:
    kinds = {"id": "integer", "type": "string", "name": "string", "description": "string", "created": "datetime"}
    return {name: {"type": kind, "label": name.title(), "filterable": True} for name, kind in kinds.items()}


def _launchable() -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, kind in TYPES.items():
        fields[name] = {"type": kind, "required": False, "label": name.replace("_", " ").capitalize(), "hidden": False}
        if name in CHOICES:
            fields[name]["choices"] = CHOICES[name]
    return fields
