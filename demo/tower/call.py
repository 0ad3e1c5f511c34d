"""One request on its way through a view."""

from dataclasses import dataclass
from typing import Any

from werkzeug.wrappers import Request

from demo.tower import bodies
from demo.tower.accounts import Account
from demo.tower.answers import forbidden, missing
from demo.tower.ledger import Job
from demo.tower.state import Tower
from demo.tower.world import Template

MODEL_OF = {"job_template": "JobTemplate", "workflow_job_template": "WorkflowJobTemplate"}
JOB_MODEL_OF = {"job": "Job", "workflow_job": "WorkflowJob", "workflow_approval": "WorkflowApproval"}


@dataclass
class Call:
    """Who asks what, of which Tower, and under which prefix the links must come back."""

    tower: Tower
    request: Request
    base: str
    who: Account
    scope: str

    def url(self, *parts: object) -> str:
        """A link in the prefix form of the request."""
        return f"{self.base}/{self.tower.generation.api}/{'/'.join(str(part) for part in parts)}/"

    def body(self) -> dict[str, Any]:
        """The request's JSON object."""
        return bodies.read(self.request)

    @property
    def may_write(self) -> bool:
        """Whether the token, if there is one, allows more than reading."""
        return "write" in self.scope.split()

    def template(self, kind: str, pk: int) -> Template:
        """A template that the caller may see; 404 when there is none, 403 when it is another's."""
        template = self.tower.world.templates.get(pk)
        if template is None or template.kind != kind:
            raise missing(MODEL_OF[kind])
        if not self.who.may_run(template):
            raise forbidden()
        return template

    def job(self, kind: str, pk: int) -> Job:
        """A job that the caller may see; 404 when there is none, 403 when it is another's."""
        job = self.tower.ledger.jobs.get(pk)
        if job is None or job.type != kind:
            raise missing(JOB_MODEL_OF[kind])
        if not self.tower.sees(self.who, job):
            raise forbidden()
        return job

    def demand_superuser(self) -> None:
        """403 for everyone but superusers."""
        if not self.who.superuser:
            raise forbidden()
