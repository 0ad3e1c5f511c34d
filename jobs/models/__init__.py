"""What was ordered, what became of it, and the steps of a workflow."""

from jobs.models.job import (
    ACTIVE,
    ENDED,
    IN_TOWER,
    UNSENT,
    Job,
    JobQuerySet,
    SignOff,
    Status,
    TimelineEntry,
)
from jobs.models.kept import JobSecret, KeptSecret, Output
from jobs.models.workflow import Decision, StepOutput, WorkflowStep

__all__ = [
    "ACTIVE",
    "ENDED",
    "IN_TOWER",
    "UNSENT",
    "Decision",
    "Job",
    "JobQuerySet",
    "JobSecret",
    "KeptSecret",
    "Output",
    "SignOff",
    "Status",
    "StepOutput",
    "TimelineEntry",
    "WorkflowStep",
]
