"""One job: what was asked for, how it goes, how it ended."""

import json
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from catalog.models import Template
from jobs import ansi, rights, stepwords, timeline, wording
from jobs import output as outputs
from jobs.models import ENDED, Job

EVERY = 2  # seconds between two refreshes while it is active


@login_required
@never_cache
@vary_on_headers("HX-Request")
@require_GET
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """The page; or, when the page itself asks for news, its live part: 204 if nothing changed."""
    found = _visible(request, pk)
    outputs.watch(found)
    if request.htmx and "since" in request.GET:  # type: ignore[attr-defined]
        if _version(found) == request.GET["since"]:
            return HttpResponse(status=204)
        return render(request, "jobs/_job.html", _live(request, found))
    lines = ansi.lines(found)
    context = _live(request, found) | {
        "nav": "queue",
        "output_lines": lines,
        "next_line": len(lines),
        "output_open": not found.output_complete,
        "has_output": found.tower_type in {"", "job"} and found.template.kind != Template.Kind.WORKFLOW,
    }
    return render(request, "jobs/job.html", context)


@login_required
@never_cache
@require_GET
def output(request: HttpRequest, pk: int) -> HttpResponse:
    """Lines of output from `?from=` on, and where to ask for the next ones; 204 if there are none yet."""
    found = _visible(request, pk)
    outputs.watch(found)
    asked = request.GET.get("from", "0")
    start = int(asked) if asked.isdecimal() and len(asked) < 10 else 0
    lines = ansi.lines(found, start)
    if not lines and not found.output_complete:
        return HttpResponse(status=204)
    context = {
        "job": found,
        "output_lines": lines,
        "next_line": start + len(lines),
        "output_open": not found.output_complete,
        "output_url": reverse("output", args=[found.pk]),
    }
    return render(request, "jobs/_output.html", context)


def _visible(request: HttpRequest, pk: int) -> Job:
    jobs = Job.objects.visible_to(request.user).for_rows()
    found = wording.present([get_object_or_404(jobs, pk=pk)])[0]
    rights.offer(cast(User, request.user), [found])
    return found


def _version(found: Job) -> str:
    return found.changed_at.isoformat()


def _live(request: HttpRequest, found: Job) -> dict[str, Any]:
    """What the page shows of a job that may still change."""
    user = cast(User, request.user)
    may_see_details = user.has_perm("jobs.view_extra_vars")
    address = reverse("job", args=[found.pk])
    sent = found.tower_extra_vars or found.extra_vars
    return {
        "job": found,
        "steps": timeline.steps(found),
        "verdict": wording.verdict(found),
        "facts_shown": wording.facts(found.artifacts),
        "failure": wording.failure(found),
        "may_see_details": may_see_details,
        "may_relaunch": rights.may_relaunch(user, found) and not rights.why_not_relaunch(found),
        "extra_vars": json.dumps(sent, indent=2, ensure_ascii=False) if may_see_details else "",
        "hosts": found.hosts,
        "workflow_steps": stepwords.shown(found, decides=found.tile.may_decide(request.user)),
        "poll_url": f"{address}?since={_version(found).replace('+', '%2B')}",
        "interval": 0 if found.status in ENDED and found.output_complete else EVERY,
        "output_url": reverse("output", args=[found.pk]),
    }
