"""Order a tile."""

from typing import cast
from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from catalog import wording
from catalog.answers import PasswordField
from catalog.forms import LaunchForm, blockers
from catalog.models import Tile
from jobs import again, facts, orders, secrets
from jobs.models import Job
from jobs.wording import waits_for_tower


@login_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def order(request: HttpRequest, slug: str) -> HttpResponse:
    """The tile's form, and the order. A form that has an error comes back with all that was typed."""
    by = cast(User, request.user)
    tile = get_object_or_404(Tile.objects.visible_to(by).for_order(), slug=slug)
    if reason := tile.pause_reason or " ".join(blockers(tile)):
        return render(request, "jobs/paused.html", {"tile": tile, "reason": reason, "nav": "catalog"}, status=409)
    if request.method == "GET":
        return _begin(request, tile)
    return _order(request, tile, by, _form_key(request))


def _begin(request: HttpRequest, tile: Tile) -> HttpResponse:
    """The empty form; with `?again=N` the answers of an order of this tile that the person may see."""
    number = request.GET.get("again", "")
    if not number:
        return _page(request, tile, LaunchForm(tile), uuid4())
    if not number.isdecimal() or len(number) > 18:
        raise Http404
    earlier = get_object_or_404(Job.objects.visible_to(request.user), pk=int(number), tile=tile)
    filled = again.of(tile, earlier)
    return _page(request, tile, filled.form, uuid4(), filled=filled)


def _order(request: HttpRequest, tile: Tile, by: User, form_key: UUID) -> HttpResponse:
    # In this order: whoever ordered this form in between has taken the kept passwords along.
    kept = secrets.kept(form_key, by)
    earlier = Job.objects.filter(ordered_by=by, form_key=form_key).first()
    if earlier:
        kept = secrets.reveal(earlier)
    form = LaunchForm(tile, request.POST, kept=kept)
    if not form.is_valid():
        if earlier and _lacks_only_passwords(form):
            return redirect(earlier)
        return _correct(request, tile, by, form, form_key)
    asked = form.launch_request().with_kept(kept)
    placed = orders.place(tile=tile, by=by, asked=asked, form_key=form_key)
    if placed.new or placed.same:
        return redirect(placed.job)
    # Ordered before with other answers: only a second, deliberate click makes it another order.
    fresh = uuid4()
    secrets.keep(fresh, by, {variable: kept[variable] for variable in form.kept_used})
    return _correct(request, tile, by, form, fresh, already=placed.job)


def _lacks_only_passwords(form: LaunchForm) -> bool:
    """A form sent again after its order has ended: its passwords are deleted, nothing else is wrong."""
    return all(isinstance(form.fields.get(name), PasswordField) for name in form.errors)


def _correct(
    request: HttpRequest, tile: Tile, by: User, form: LaunchForm, form_key: UUID, already: Job | None = None
) -> HttpResponse:
    """The form once more, with everything typed: passwords are kept on the server, never sent back to the page."""
    secrets.keep(form_key, by, form.secrets_to_keep())
    once_more = LaunchForm(tile, request.POST, kept=secrets.kept(form_key, by))
    return _page(request, tile, once_more, form_key, already)


def _page(
    request: HttpRequest,
    tile: Tile,
    form: LaunchForm,
    form_key: UUID,
    already: Job | None = None,
    filled: again.Again | None = None,
) -> HttpResponse:
    context = {
        "nav": "catalog",
        "tile": tile,
        "form": form,
        "form_key": form_key,
        "happens": wording.parts(tile.happens),
        "facts": facts.of_tiles([tile])[tile.pk],
        "waits_for_tower": waits_for_tower(tile.template.controller),
        "already": already,
        "filled": filled,
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
