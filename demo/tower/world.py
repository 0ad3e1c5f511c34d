"""What Tower knows besides jobs: organization, inventories, credentials, the project, templates and accounts."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

JOB_ASKS = {  # ask_<name>_on_launch -> the field it opens
    "scm_branch": "scm_branch", "diff_mode": "diff_mode", "variables": "extra_vars", "limit": "limit",
    "tags": "job_tags", "skip_tags": "skip_tags", "job_type": "job_type", "verbosity": "verbosity",
    "inventory": "inventory", "credential": "credentials", "execution_environment": "execution_environment",
    "labels": "labels", "forks": "forks", "job_slice_count": "job_slice_count", "timeout": "timeout",
    "instance_groups": "instance_groups",
}  # fmt: skip
WORKFLOW_ASKS = {
    name: JOB_ASKS[name] for name in ("variables", "inventory", "limit", "scm_branch", "labels", "tags", "skip_tags")
}

ENVIRONMENTS = ("AWX EE (latest)", "Control Plane Execution Environment")


@dataclass
class Host:
    """A machine of an inventory; the demo's are all this computer."""

    id: int
    name: str
    description: str = ""
    variables: dict[str, Any] = field(default_factory=dict)


@dataclass
class Inventory:
    """Hosts and their groups."""

    id: int
    name: str
    description: str = ""
    hosts: list[Host] = field(default_factory=list)
    groups: dict[str, list[str]] = field(default_factory=dict)
    failed_hosts: set[str] = field(default_factory=set)


@dataclass
class Named:
    """An object that only its name matters of: an execution environment, a label, an instance group."""

    id: int
    name: str
    description: str = ""


@dataclass
class Credential:
    """A credential as launches see it: its kind, and the passwords it asks for."""

    id: int
    name: str
    kind: str = "ssh"
    description: str = ""
    passwords_needed: list[str] = field(default_factory=list)
    vault_id: str = ""
    username: str = ""

    @property
    def kind_name(self) -> str:
        """The credential type's name, as refusals spell it."""
        return {"ssh": "Machine", "vault": "Vault", "net": "Network"}.get(self.kind, self.kind.title())

    @property
    def type_id(self) -> int:
        """The credential type's id."""
        return {"ssh": 1, "vault": 3, "net": 4}.get(self.kind, 9)

    @property
    def inputs(self) -> dict[str, str]:
        """What is stored, as everyone sees it: secrets masked, and what is asked at launch as ASK."""
        stored = {"username": self.username} if self.username else {}
        if self.vault_id:
            stored["vault_id"] = self.vault_id
        asked = {"ssh_password": "password"}
        names = [asked.get(name.partition(".")[0], name.partition(".")[0]) for name in self.passwords_needed]
        return {"password": "$encrypted$"} | stored | dict.fromkeys(names, "ASK")

    @property
    def slot(self) -> str:
        """Two credentials of one slot cannot be used together."""
        return f"{self.kind}:{self.vault_id}"


@dataclass
class Node:
    """A step of a workflow template."""

    id: int
    identifier: str
    template: int
    extra_data: dict[str, Any] = field(default_factory=dict)
    approval: dict[str, Any] | None = None  # name, description, timeout (seconds, 0: none): then it is no job
    success: list[str] = field(default_factory=list)
    failure: list[str] = field(default_factory=list)
    always: list[str] = field(default_factory=list)


@dataclass
class Template:
    """A job template or a workflow template, told apart by `kind`."""

    id: int
    kind: str
    name: str
    created: str
    modified: str
    description: str = ""
    playbook: str = ""
    project: int | None = None
    credentials: list[int] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    extra_vars: str = ""
    asks: set[str] = field(default_factory=set)
    branch_override: bool = False
    survey_enabled: bool = False
    survey: dict[str, Any] = field(default_factory=dict)
    allow_simultaneous: bool = False
    host_config_key: str = ""
    nodes: list[Node] = field(default_factory=list)

    @property
    def is_workflow(self) -> bool:
        """Whether launching it gives a workflow job."""
        return self.kind == "workflow_job_template"

    @property
    def questions(self) -> list[dict[str, Any]]:
        """The survey's questions if the survey is applied: enabled and present."""
        return list(self.survey.get("spec", [])) if self.survey_enabled else []

    @property
    def secret_variables(self) -> list[str]:
        """Variables that the survey asks for as passwords."""
        return [question["variable"] for question in self.questions if question["type"] == "password"]


def _named(*names: str) -> dict[int, Named]:
    return {pk: Named(pk, name) for pk, name in enumerate(names, start=1)}


@dataclass
class World:
    """Everything of one Tower that the catalog's file describes."""

    organization: str = "Default"
    organization_id: int = 2
    organization_description: str = ""
    project: str = ""
    project_id: int = 0
    project_description: str = ""
    project_folder: Path | None = None
    project_override: bool = False
    inventories: dict[int, Inventory] = field(default_factory=dict)
    credentials: dict[int, Credential] = field(default_factory=dict)
    labels: dict[int, str] = field(default_factory=dict)
    execution_environments: dict[int, Named] = field(default_factory=lambda: _named(*ENVIRONMENTS))
    instance_groups: dict[int, Named] = field(default_factory=lambda: _named("controlplane", "default"))
    templates: dict[int, Template] = field(default_factory=dict)

    def template_named(self, name: str) -> Template:
        """The template with this name. Raises KeyError."""
        for template in self.templates.values():
            if template.name == name:
                return template
        raise KeyError(name)
