"""Rows as Tower 3.0 to 3.2 showed them (the job of 2017 in the project's sources), and what it refused."""

from typing import Any

from demo.tower.answers import Refused
from demo.tower.call import Call

NEWER = frozenset({
    "canceled_on", "launched_by", "work_unit_id", "execution_environment", "controller_node", "organization",
    "scm_branch", "diff_mode", "job_slice_count", "job_slice_number", "webhook_service", "webhook_credential",
    "webhook_guid", "custom_virtualenv", "host_status_counts", "playbook_counts", "event_processing_finished",
    "instance_group", "prevent_instance_group_fallback", "use_fact_cache",
})  # fmt: skip
NEWER_QUERY = ("count_disabled", "no_truncate", "limit")
SLOTS = {"credential": ("ssh",), "network_credential": ("net",), "cloud_credential": ("aws", "gce", "cloud")}


def row(call: Call, shape: dict[str, Any]) -> dict[str, Any]:
    """A job or a template: what came later is left out, and each kind of credential has its own field."""
    if not call.tower.generation.is_old:
        return shape
    found = {name: value for name, value in shape.items() if name not in NEWER}
    summary = dict(found["summary_fields"])
    for name in ("organization", "execution_environment", "instance_group"):
        summary.pop(name, None)
    credentials = summary.pop("credentials", [])
    if shape["type"] in ("job", "job_template"):
        for field, kinds in SLOTS.items():
            fitting = next((one for one in credentials if one["kind"] in kinds), None)
            found[field] = fitting["id"] if fitting else None
            if fitting:
                summary[field] = fitting
    related = {name: url for name, url in found["related"].items() if name not in NEWER and name != "credentials"}
    return found | {"summary_fields": summary, "related": related}


def demand(call: Call, path: str) -> None:
    """Refuse what such a Tower does not know: newer words in a query, and variables that are no JSON string."""
    if not call.tower.generation.is_old:
        return
    for name in NEWER_QUERY:
        if name in call.request.args:
            raise Refused(400, {"detail": f"UnifiedJob has no field named '{name}'"})
    if call.request.method == "POST" and path.endswith("/launch/"):
        given = call.body().get("extra_vars", "")
        if not isinstance(given, str):
            raise Refused(400, {"extra_vars": ["Must be a JSON or YAML string."]})
