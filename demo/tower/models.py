"""What can be asked of each kind of row: the fields behind Tower's filters."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from demo.tower.filters import Model
from demo.tower.ledger import Job
from demo.tower.state import Tower
from demo.tower.world import Template


def _item(name: str, missing: Any = None) -> Callable[[Any], Any]:
    return lambda row: row.get(name, missing)


def _value(name: str) -> Callable[[Any], Any]:
    return lambda row: row.values.get(name)


USER = Model(
    "User",
    {
        "id": ("int", lambda user: user.id),
        "type": ("str", lambda user: "user"),
        "username": ("str", lambda user: user.username),
        "first_name": ("str", lambda user: ""),
        "last_name": ("str", lambda user: ""),
        "email": ("str", lambda user: user.email),
        "is_superuser": ("bool", lambda user: user.superuser),
    },
)
NAMED = Model(
    "Object",
    {
        "id": ("int", lambda thing: thing.id),
        "name": ("str", lambda thing: thing.name),
        "description": ("str", lambda thing: thing.description),
    },
)
EVENT = Model(
    "JobEvent",
    {
        "id": ("int", lambda event: event["id"]),
        **{name: ("int", _item(name))
           for name in ("counter", "start_line", "end_line", "verbosity")},
        **{name: ("str", _item(name))
           for name in ("event", "uuid", "parent_uuid", "host_name", "play", "task", "role", "playbook", "stdout")},
        **{name: ("bool", _item(name)) for name in ("failed", "changed")},
        "created": ("date", lambda event: event["created"]),
    },
)  # fmt: skip
HOST_SUMMARY = Model(
    "JobHostSummary",
    {
        "id": ("int", lambda row: row["id"]),
        "host_name": ("str", lambda row: row["host_name"]),
        "failed": ("bool", lambda row: row["failed"]),
        **{name: ("int", _item(name, 0))
           for name in ("ok", "changed", "failures", "dark", "skipped", "processed", "ignored", "rescued")},
    },
)  # fmt: skip
NODE = Model("WorkflowJobNode", {"id": ("int", lambda node: node["id"]), "job": ("int", lambda node: node["job"]),
                                 "identifier": ("str", lambda node: node["identifier"])})  # fmt: skip


def template_model(tower: Tower, name: str = "JobTemplate") -> Model:
    """Templates of one kind, or of both as UnifiedJobTemplate."""
    fields: dict[str, Any] = {
        "id": ("int", lambda one: one.id),
        "type": ("str", lambda one: one.kind),
        **{key: ("str", attrgetter(key)) for key in ("name", "description", "playbook")},
        **{key: ("date", attrgetter(key)) for key in ("created", "modified")},
        **{key: ("bool", attrgetter(key)) for key in ("survey_enabled", "allow_simultaneous")},
        **{key: ("int", _value(key)) for key in ("inventory", "verbosity", "forks")},
        **{key: ("str", _value(key)) for key in ("limit", "job_type", "job_tags")},
        "project": ("int", lambda one: one.project),
        "organization": ("int", lambda one: tower.world.organization_id),
        "created_by": ("int", lambda one: 1),
        "status": ("str", lambda one: _last_status(tower, one)),
    }
    relations: dict[str, Any] = {
        "created_by": (lambda one: [tower.accounts.by_id[1]], USER),
        "labels": (lambda one: [_Label(tower.world.labels[pk], pk) for pk in one.labels], NAMED),
        "inventory": (lambda one: _present(tower.world.inventories.get(one.values["inventory"] or 0)), NAMED),
    }
    return Model(name, fields, relations)


def job_model(tower: Tower, name: str = "UnifiedJob") -> Model:
    """Jobs of one kind, or of both as UnifiedJob."""
    fields: dict[str, Any] = {
        "id": ("int", lambda job: job.id),
        "type": ("str", lambda job: job.type),
        **{key: ("str", attrgetter(key))
           for key in ("name", "description", "status", "launch_type", "job_explanation")},
        **{key: ("date", attrgetter(key))
           for key in ("created", "modified", "started", "finished", "canceled_on")},
        "failed": ("bool", lambda job: job.failed),
        "elapsed": ("int", lambda job: job.elapsed),
        "created_by": ("int", lambda job: job.created_by),
        "unified_job_template": ("int", lambda job: job.template),
        "organization": ("int", lambda job: tower.world.organization_id),
    }  # fmt: skip
    if tower.generation.is_old:
        del fields["canceled_on"]
    if name != "WorkflowJob":
        fields["job_template"] = ("int", lambda job: job.template if job.type == "job" else None)
        fields |= {key: ("str", _value(key)) for key in ("limit", "job_tags", "skip_tags")}
        fields["inventory"] = ("int", lambda job: job.values.get("inventory"))
    if name != "Job":
        fields["workflow_job_template"] = ("int", lambda job: job.template if job.type == "workflow_job" else None)
    template = (lambda job: _present(tower.template_of(job)), template_model(tower, "UnifiedJobTemplate"))
    relations: dict[str, Any] = {
        "created_by": (lambda job: _present(tower.accounts.by_id.get(job.created_by or 0)), USER),
        "labels": (lambda job: [_Label(tower.world.labels[pk], pk) for pk in job.labels], NAMED),
        **dict.fromkeys(("unified_job_template", "job_template", "workflow_job_template"), template),
    }
    return Model(name, fields, relations)


class _Label:
    """A label as a row to be filtered on."""

    def __init__(self, name: str, pk: int) -> None:
        self.id, self.name, self.description = pk, name, ""


def _present(thing: Any) -> list[Any]:
    return [] if thing is None else [thing]


def _last_status(tower: Tower, template: Template) -> str:
    last: list[Job] = [job for job in list(tower.ledger.jobs.values()) if job.template == template.id]
    return last[-1].status if last else "never updated"
