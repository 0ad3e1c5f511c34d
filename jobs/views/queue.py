"""The job queue, and the refresh that keeps it live."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from catalog.models import Tile
from jobs import rights, versions, wording
from jobs.models import ACTIVE, ENDED, Job, JobQuerySet

BUSY, IDLE = 3, 30  # seconds between two refreshes
PAGE = 50
MOST_ACTIVE = 200
# A change may commit a moment after its time was taken; what is sent twice changes nothing on the page.
OVERLAP = timedelta(seconds=5)
# However silent the version, so often the rows are read: no lost raise hides a change for longer.
LOOK_ANYWAY = timedelta(seconds=30)


@dataclass(frozen=True)
class Seen:
    """What a page has: which rows, up to which version and moment."""

    whose: str
    version: str
    at: datetime
    rows: frozenset[int]

    @classmethod
    def now(cls, whose: str, jobs: Iterable[Job], version: str) -> "Seen":
        return cls(whose, version, timezone.now(), frozenset(job.pk for job in jobs))

    @classmethod
    def of(cls, request: HttpRequest) -> "Seen":
        asked = request.GET
        rows = frozenset(int(row) for row in asked.get("rows", "").split(".") if row.isdecimal() and len(row) < 19)
        try:
            at = parse_datetime(asked.get("at", ""))
        except ValueError:
            at = None
        if at is None or timezone.is_naive(at):
            at = timezone.now() - timedelta(days=1)
        return cls(_whose(request), asked.get("since", ""), at, rows)

    def url(self) -> str:
        rows = ".".join(str(row) for row in sorted(self.rows))
        query = {"whose": self.whose, "since": self.version, "at": self.at.isoformat(), "rows": rows}
        return f"{reverse('queue')}?{urlencode(query)}"


@login_required
@never_cache
@vary_on_headers("HX-Request")
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """The page; or, when the page itself asks for news, what changed since: 204 if nothing did."""
    if request.htmx and "since" in request.GET:  # type: ignore[attr-defined]
        return _news(request, Seen.of(request))
    return _page(request)


def _news(request: HttpRequest, seen: Seen) -> HttpResponse:
    version = versions.current()
    if version and version == seen.version and timezone.now() - seen.at < LOOK_ANYWAY:
        return HttpResponse(status=204)
    jobs = _scope(cast(User, request.user), seen.whose)
    fresh = jobs.filter(changed_at__gt=seen.at - OVERLAP).for_rows()
    changed = list(_shown(request, seen).filter(changed_at__gt=seen.at - OVERLAP).for_rows())
    new = list(_unseen(fresh, seen).filter(status__in=ACTIVE).order_by("pk")[:PAGE])
    _furnish(request, [*changed, *new])
    rows = seen.rows | {job.pk for job in new}
    context = {
        "poll_url": Seen(seen.whose, version, timezone.now(), rows).url(),
        "interval": BUSY if jobs.active().exists() else IDLE,
        "changed": changed,
        "new": new,
        "announce": [str(_said(job)) for job in changed if job.ordered_by_id == request.user.pk],
        "live": True,
    }
    return render(request, "jobs/_changes.html", context)


def _shown(request: HttpRequest, seen: Seen) -> JobQuerySet:
    """What the page has and still may: an order that was decided leaves its list, and its row says so till then."""
    scope = "all" if seen.whose == "decide" else seen.whose
    return _scope(cast(User, request.user), scope).filter(pk__in=seen.rows)


def _unseen(fresh: JobQuerySet, seen: Seen) -> JobQuerySet:
    """What is new; only a list of decisions gets orders that are older than what it has."""
    if seen.whose == "decide":
        return fresh.exclude(pk__in=seen.rows)
    return fresh.filter(pk__gt=max(seen.rows, default=0))


def _said(job: Job) -> str:
    return f"{job}: {job.chip.word}"


def _page(request: HttpRequest) -> HttpResponse:
    whose = _whose(request)
    version = versions.current()  # read before the rows: a change in between is shown once more, never missed
    jobs = _scope(cast(User, request.user), whose)
    before = request.GET.get("before", "")
    all_ended = jobs.filter(status__in=ENDED)
    ended = all_ended.filter(pk__lt=int(before)) if before.isdecimal() and len(before) < 19 else all_ended
    active_rows = list(jobs.active().for_rows()[:MOST_ACTIVE]) if not before else []
    ended_rows = list(ended.for_rows()[: PAGE + 1])
    older = len(ended_rows) > PAGE
    ended_rows = ended_rows[:PAGE]
    _furnish(request, [*active_rows, *ended_rows])
    context = {
        "nav": "queue",
        "whose": whose,
        "may_see_all": cast(User, request.user).has_perm("jobs.view_all_jobs"),
        "may_decide": Tile.objects.filter(approvers__user=request.user.pk).exists(),
        "active": active_rows,
        "ended": ended_rows,
        "older": f"{reverse('queue')}?{urlencode({'whose': whose, 'before': ended_rows[-1].pk})}" if older else "",
        "newer_url": f"{reverse('queue')}?{urlencode({'whose': whose})}" if before else "",
        "poll_url": Seen.now(whose, [*active_rows, *ended_rows], version).url(),
        "interval": BUSY if active_rows else IDLE,
        "total_ended": all_ended.count(),
    }
    return render(request, "jobs/queue.html", context)


def _furnish(request: HttpRequest, rows: list[Job]) -> None:
    """With all that a row shows, and what this person may do next."""
    rights.offer(cast(User, request.user), wording.present(rows))


def _whose(request: HttpRequest) -> str:
    asked = request.GET.get("whose", "")
    return asked if asked in {"mine", "group", "all", "decide"} else "mine"


def _scope(user: User, whose: str) -> JobQuerySet:
    """Never more than the person may see, whatever was asked for."""
    visible = Job.objects.visible_to(user)
    if whose == "mine":
        return visible.filter(ordered_by=user)
    if whose == "decide":
        return visible.to_decide(user)
    if whose == "group":
        mates = User.objects.filter(groups__user=user).values("pk")
        return visible.filter(ordered_by__in=mates)
    return visible
