"""Workflows with an approval, as tests play them."""

from html import unescape

from jobs.models import Job

from .conftest import ANSWERS


def answered():
    """The answers of the workflows of the small catalog."""
    return dict(ANSWERS)


def fresh(job):
    return Job.objects.select_related("controller", "tile").get(pk=job.pk)


def kinds(job):
    return list(job.timeline.values_list("kind", flat=True))


def titles(job):
    """The timeline's lines about decisions: title and note."""
    texts = job.timeline.filter(kind__in=["asked", "approved", "denied", "too_late"]).values_list("text", flat=True)
    return [tuple(text.split("\n")) for text in texts]


def play(job, tower, work):
    """Bring a workflow with sign-off to where the approval waits."""
    work()
    tower.start(fresh(job).tower_id)
    tower.finish(tower.jobs[-1]["id"])
    work(2)
    return fresh(job)


def waiting(job):
    return job.steps.get(kind="workflow_approval")


def page(client, job):
    return unescape(client.get(job.get_absolute_url()).content.decode())
