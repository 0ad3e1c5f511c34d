"""Order a tile."""

from typing import cast
from uuid import UUID, uuid4

from catalog.forms import LaunchForm, blockers
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from catalog import wording
from catalog.models import Tile
from jobs import facts, orders, secrets
from jobs.models import Job


@login_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def order(request: HttpRequest, slug: str) -> HttpResponse:
    """The tile's form, and the order. A form that has an error comes back with all that was typed."""
    by = cast(User, request.user)
    tile = get_object_or_404(Tile.objects.visible_to(by).for_catalog(), slug=slug)
    if reason := tile.pause_reason or " ".join(blockers(tile)):
        return render(request, "jobs/paused.html", {"tile": tile, "reason": reason, "nav": "catalog"}, status=409)
    if request.method == "GET":
        return _page(request, tile, LaunchForm(tile), uuid4())
    return _order(request, tile, by, _form_key(request))


def _order(request: HttpRequest, tile: Tile, by: User, form_key: UUID) -> HttpResponse:
    earlier = Job.objects.filter(ordered_by=by, form_key=form_key).first()
    # The order has taken the kept passwords along: a form sent twice is checked with the same ones.
    kept = secrets.reveal(earlier) if earlier else secrets.kept(form_key, by)
    form = LaunchForm(tile, request.POST, kept=kept)
    if not form.is_valid():
        if earlier and not form.has_changed_since_kept:
            return redirect(earlier)
        secrets.keep(form_key, by, form.secrets_to_keep())
        return _page(request, tile, LaunchForm(tile, request.POST, kept=secrets.kept(form_key, by)), form_key)
    placed = orders.place(tile=tile, by=by, asked=form.launch_request(kept), form_key=form_key)
    if placed.new or placed.same:
        return redirect(placed.job)
    return _ask_again(request, tile, form, placed.job)


def _ask_again(request: HttpRequest, tile: Tile, form: LaunchForm, already: Job) -> HttpResponse:
    """The form was ordered before with other answers: only a second, deliberate click makes it another order."""
    by = cast(User, request.user)
    form_key = uuid4()
    secrets.keep(form_key, by, form.secrets_to_keep())
    fresh = LaunchForm(tile, request.POST, kept=secrets.kept(form_key, by))
    return _page(request, tile, fresh, form_key, already)


def _page(
    request: HttpRequest, tile: Tile, form: LaunchForm, form_key: UUID, already: Job | None = None
) -> HttpResponse:
    context = {
        "nav": "catalog",
        "tile": tile,
        "form": form,
        "form_key": form_key,
        "happens": wording.parts(tile.happens),
        "facts": facts.of_tiles([tile])[tile.pk],
        "waits_for_tower": not tile.template.controller.usable,
        "already": already,
        "error_count": len(form.errors),
    }
    # 422, so that htmx and tests tell it from a success; browsers show it all the same.
    return render(request, "jobs/order.html", context, status=422 if form.errors else 200)


def _form_key(request: HttpRequest) -> UUID:
    """The key that was given out with the form; a new one if it was tampered with."""
    try:
        return UUID(request.POST.get("form_key", ""))
    except ValueError:
        return uuid4()
