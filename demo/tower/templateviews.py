"""Views of templates: lists, details, surveys."""

from collections.abc import Callable
from typing import Any

from werkzeug.wrappers import Response

from demo.tower import clock, links, models, schedulerows, surveyspecs, templates
from demo.tower.answers import Refused, forbidden
from demo.tower.call import Call
from demo.tower.listing import listing
from demo.tower.world import Node, Template

KINDS = {
    "UnifiedJobTemplate": ("job_template", "workflow_job_template"),
    "JobTemplate": ("job_template",),
    "WorkflowJobTemplate": ("workflow_job_template",),
}
LINKED = ("success", "failure", "always")
EDITABLE = ("name", "description", "survey_enabled", "allow_simultaneous")


def lists(model: str) -> Callable[[Call], dict[str, Any]]:
    """GET of the list of one kind of template, or of both. All roles but execute_role show what execute shows."""

    def get(call: Call) -> dict[str, Any]:
        tower = call.tower
        rows = [
            one for one in list(tower.world.templates.values()) if one.kind in KINDS[model] and call.who.may_run(one)
        ]
        return listing(call, models.template_model(tower, model), rows, templates.row, order="name")

    return get


def detail(call: Call, kind: str, pk: int) -> dict[str, Any]:
    """GET of one template."""
    return templates.detail(call, call.template(kind, pk))


def change(call: Call, kind: str, pk: int) -> dict[str, Any]:
    """PATCH of one template: for superusers, and only its plain fields and switches."""
    template = call.template(kind, pk)
    call.demand_superuser()
    for name, value in call.body().items():
        if name in EDITABLE:
            setattr(template, name, value)
        elif name.startswith("ask_") and name.endswith("_on_launch"):
            (template.asks.add if value else template.asks.discard)(name[4:-10])
        elif name == "extra_vars":
            template.extra_vars = str(value)
        elif name in template.values:
            template.values[name] = value
    template.modified = clock.now()
    return templates.detail(call, template)


def delete(call: Call, kind: str, pk: int) -> Response:
    """DELETE of one template: its jobs stay, and only superusers see them from now on."""
    template = call.template(kind, pk)
    call.demand_superuser()
    del call.tower.world.templates[template.id]
    return Response(status=204)


def survey(call: Call, kind: str, pk: int) -> dict[str, Any]:
    """GET survey_spec/: also while the survey is not enabled; {} when there is none."""
    return surveyspecs.shown(call.template(kind, pk).survey)


def set_survey(call: Call, kind: str, pk: int) -> Response:
    """POST survey_spec/: 200 with an empty body, or 400 with `error`."""
    template = _for_admin(call, kind, pk)
    try:
        template.survey = surveyspecs.accept(call.body(), template.survey)
    except surveyspecs.Unusable as refused:
        raise Refused(400, {"error": str(refused)}) from None
    return Response(status=200)


def drop_survey(call: Call, kind: str, pk: int) -> Response:
    """DELETE survey_spec/."""
    _for_admin(call, kind, pk).survey = {}
    return Response(status=200)


def _for_admin(call: Call, kind: str, pk: int) -> Template:
    """Changing a survey is for the template's admins: here the superusers."""
    if not call.who.superuser:
        raise forbidden()
    return call.template(kind, pk)


def nodes(call: Call, pk: int) -> dict[str, Any]:
    """GET workflow_job_templates/N/workflow_nodes/."""
    template = call.template("workflow_job_template", pk)
    return listing(call, models.TEMPLATE_NODE, template.nodes, lambda call, node: _node(call, template, node))


def _node(call: Call, workflow: Template, node: Node) -> dict[str, Any]:
    here, runs = call.url("workflow_job_template_nodes", node.id), call.tower.world.templates.get(node.template)
    lists = (
        "labels",
        "credentials",
        "instance_groups",
        "create_approval_template",
        *(f"{one}_nodes" for one in LINKED),
    )
    related = {name: f"{here}{name}/" for name in lists}
    summary: dict[str, Any] = {"workflow_job_template": links.template(workflow)}
    if runs:
        related["unified_job_template"] = links.template_url(call, runs)
        summary["unified_job_template"] = links.template(runs, unified=True)
    if node.approval:
        related["unified_job_template"] = call.url("workflow_approval_templates", node.template)
        timeout = {"timeout": node.approval["timeout"]}
        summary["unified_job_template"] = links.approval(node.template, node.approval) | timeout
    related["workflow_job_template"] = links.template_url(call, workflow)
    ids = {one.identifier: one.id for one in workflow.nodes}
    shape = {"id": node.id, "type": "workflow_job_template_node", "url": here, "related": related}
    shape |= {"summary_fields": summary, "created": workflow.created, "modified": workflow.modified}
    shape |= {"extra_data": node.extra_data, **dict.fromkeys(schedulerows.PROMPTS)}
    shape |= {"workflow_job_template": workflow.id, "unified_job_template": node.template}
    shape |= {f"{kind}_nodes": [ids[one] for one in getattr(node, kind)] for kind in LINKED}
    return shape | {"all_parents_must_converge": False, "identifier": node.identifier}
