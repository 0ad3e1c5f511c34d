"""The pages on which people order, and follow what they ordered."""

from jobs.views.job import job, output
from jobs.views.order import order
from jobs.views.queue import queue
from jobs.views.steps import decision, step_output
from jobs.views.verbs import relaunch, stop, withdraw

__all__ = ["decision", "job", "order", "output", "queue", "relaunch", "step_output", "stop", "withdraw"]
