"""A step of a workflow: its output for who opens it, and the decision on an approval."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from jobs import ansi, decisions, signing, stepoutput, stepwords, tasks
from jobs.models import Decision, Job, WorkflowStep

NOTE = 200  # characters
DECIDED = {Decision.Choice.APPROVE: "You approved it.", Decision.Choice.DENY: "You denied it."}


@login_required
@never_cache
@vary_on_headers("HX-Request")
@require_GET
def step_output(request: HttpRequest, pk: int, step_pk: int) -> HttpResponse:
    """Lines of a step's output from `?from=` on; 204 if there are none yet. A page of its own without JavaScript."""
    step = _visible(request, pk, step_pk)
    if stepoutput.watch(step):
        tasks.nudge_step_output(step.pk)
    asked = request.GET.get("from", "0")
    start = int(asked) if asked.isdecimal() and len(asked) < 10 else 0
    lines = ansi.lines(step, start)
    partial = bool(request.htmx)  # type: ignore[attr-defined]
    if partial and not lines and not step.output_complete:
        return HttpResponse(status=204)
    context = {
        "job": step.job,
        "step_title": stepwords.title(step),
        "output_lines": lines,
        "next_line": start + len(lines),
        "output_open": not step.output_complete,
        "output_id": f"step-tail-{step.pk}",
        "output_url": reverse("step-output", args=[step.job_id, step.pk]),
    }
    return render(request, "jobs/_output.html" if partial else "jobs/step.html", context)


@login_required
@require_POST
def decision(request: HttpRequest, pk: int, step_pk: int) -> HttpResponse:
    """Approve or deny; then the order's page, which tells how it goes on, or who was faster."""
    step = _visible(request, pk, step_pk)
    choice = request.POST.get("choice", "")
    if choice not in Decision.Choice.values:
        raise PermissionDenied
    note = " ".join(request.POST.get("note", "").replace("\x00", "").split())[:NOTE]
    user = cast(User, request.user)
    made = decisions.make(step, by=user, choice=Decision.Choice(choice), note=note)
    if made.new:
        messages.success(request, f"{DECIDED[Decision.Choice(choice)]} Tower is being told.")
    else:
        messages.warning(request, f"{_earlier(step, made.decision)} What you pressed changed nothing.")
    return redirect(step.job)


def _earlier(step: WorkflowStep, earlier: Decision | None) -> str:
    if earlier is None or earlier.state == Decision.State.VOID:
        return f"{signing.ending(step) or 'It needs no decision any more'}."
    done = "approved" if earlier.choice == Decision.Choice.APPROVE else "denied"
    return f"{earlier.who} had already {done} it."


def _visible(request: HttpRequest, pk: int, step_pk: int) -> WorkflowStep:
    jobs = Job.objects.visible_to(request.user)
    steps = WorkflowStep.objects.filter(job__in=jobs, job_id=pk).select_related("job__tile")
    return get_object_or_404(steps, pk=step_pk)
