"""What tests of launching look at."""

from catalog.models import Template
from jobs.models import Job


def fresh(job):
    return Job.objects.select_related("controller", "template", "tile").get(pk=job.pk)


def fresh_without_token(job):
    return Job.objects.select_related("controller").defer("controller__token").get(pk=job.pk)


def kinds(job):
    return list(job.timeline.values_list("kind", flat=True))


def tighten(tower, name, variable, **limits):
    """Tower's survey changes after the order was placed."""
    survey = [question for question in Template.objects.get(name=name).survey if question["default"] != "$encrypted$"]
    changed = [question | limits if question["variable"] == variable else question for question in survey]
    tower.set_survey(tower.template(name)["id"], changed)


def posts(tower):
    return [path for method, path in tower.requests if method == "POST" and path.endswith("/launch/")]


def asked(tower, verb):
    """How often Tower was asked to cancel or relaunch."""
    return [path for method, path in tower.requests if method == "POST" and path.endswith(f"/{verb}/")]
