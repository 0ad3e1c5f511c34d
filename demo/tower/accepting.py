"""Which fields of a launch are taken, which are not, and why."""

from typing import Any

from demo.tower import surveys
from demo.tower.world import JOB_ASKS, WORKFLOW_ASKS, Template


def sort_fields(
    template: Template, given: dict[str, Any], *, strict: bool
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Split a launch's fields into accepted and rejected ones. A value equal to the template's is in neither."""
    variables, refused, errors = surveys.sort_variables(template, given.get("extra_vars", {}), strict=strict)
    accepted: dict[str, Any] = {"extra_vars": variables} if variables else {}
    rejected: dict[str, Any] = {"extra_vars": refused} if refused else {}
    problems: dict[str, Any] = dict(errors)
    for ask, name in (WORKFLOW_ASKS if template.is_workflow else JOB_ASKS).items():
        if name not in given or name == "extra_vars" or _same(template, name, given[name]):
            continue
        if ask in template.asks:
            if name == "scm_branch" and not template.is_workflow and not template.branch_override:
                problems[name] = ["Project does not allow override of branch."]
            accepted[name] = given[name]
            continue
        rejected[name] = given[name]
        if strict:
            problems[name] = ["Field is not configured to prompt on launch."]
    return accepted, rejected, problems


def _same(template: Template, name: str, value: Any) -> bool:
    if name == "credentials":
        return not set(value) - set(template.credentials)
    if name in ("labels", "instance_groups"):
        return False  # not even an empty list is the same as none
    return bool(value == template.values.get(name))
