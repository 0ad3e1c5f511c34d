"""Stop, withdraw, run again: a question before it, and what became of it.

With JavaScript the question comes as a dialog, without as a page of its own; they share an address.
"""

import json
from typing import Any, cast
from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from jobs import rights, verbs
from jobs.models import Job, Status


@login_required
@never_cache
@vary_on_headers("HX-Request")
@require_http_methods(["GET", "POST"])
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether a job is to be stopped; write down that it is."""
    by, job = _person(request), _visible(request, pk)
    if not rights.may_stop(by, job):
        raise PermissionDenied
    if request.method == "POST" and verbs.stop(job, by=by):
        return _done(request, job, "Stopping…")
    if job.is_stopping:
        return redirect(job)
    return _ask(request, job, "stop", rights.why_not_stop(job))


@login_required
@never_cache
@vary_on_headers("HX-Request")
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether an order is to be withdrawn; withdraw it if it was not sent."""
    by, job = _person(request), _visible(request, pk)
    if not rights.may_withdraw(by, job):
        raise PermissionDenied
    if request.method == "POST" and verbs.withdraw(job):
        return _done(request, job, "Withdrawn. Nothing was sent")
    if job.status == Status.WITHDRAWN:
        return redirect(job)
    instead = reverse("stop", args=[job.pk]) if rights.why_not_stop(job) == "" else ""
    return _ask(request, job, "withdraw", rights.why_not_withdraw(job), instead=instead)


@login_required
@never_cache
@vary_on_headers("HX-Request")
@require_http_methods(["GET", "POST"])
def relaunch(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask on which devices Tower runs a job again; order that."""
    by, job = _person(request), _visible(request, pk)
    if not rights.may_relaunch(by, job):
        raise PermissionDenied
    why_not, hosts = rights.why_not_relaunch(job), request.POST.get("hosts", "")
    if request.method == "POST" and not why_not and hosts in {"all", "failed"}:
        again = verbs.relaunch(job, by=by, hosts=hosts, form_key=_form_key(request))
        return _done(request, again, "Ordered again in Tower", leave=True)
    return _ask(request, job, "relaunch", why_not, form_key=uuid4(), failed=rights.failed_hosts(job))


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)


def _visible(request: HttpRequest, pk: int) -> Job:
    return get_object_or_404(Job.objects.visible_to(request.user).for_rows(), pk=pk)


def _ask(request: HttpRequest, job: Job, verb: str, why_not: str, **more: Any) -> HttpResponse:
    """The question, or why it cannot be done (any more)."""
    context = {"job": job, "verb": verb, "why_not": why_not, "nav": "queue", **more}
    in_dialog = request.htmx  # type: ignore[attr-defined]
    if in_dialog:
        return render(request, f"jobs/ask/_{verb}.html", context)  # htmx shows no 4xx
    return render(request, "jobs/ask/page.html", context, status=409 if why_not else 200)


def _done(request: HttpRequest, job: Job, said: str, *, leave: bool = False) -> HttpResponse:
    """Back to the job. A dialog is told to close, and what to say; with `leave` it leads to the new order."""
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(job)
    if leave:
        return HttpResponse(status=204, headers={"HX-Redirect": job.get_absolute_url()})
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps({"verb-done": {"said": said}})})


def _form_key(request: HttpRequest) -> UUID:
    """The key that was given out with the form; a new one if it was tampered with."""
    try:
        return UUID(request.POST.get("form_key", ""))
    except ValueError:
        return uuid4()
