"""The catalog of tiles."""

from dataclasses import dataclass
from itertools import groupby

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from catalog.models import Tile


@dataclass(frozen=True)
class TileGroup:
    """The tiles under one heading."""

    name: str
    tiles: list[Tile]


@login_required
@require_GET
def catalog(request: HttpRequest) -> HttpResponse:
    """All tiles the person may order, by category; `?q=` searches titles, descriptions and categories."""
    query = request.GET.get("q", "").strip()[:100]
    tiles = Tile.objects.visible_to(request.user).for_catalog()
    for word in query.split():
        tiles = tiles.filter(
            Q(title__icontains=word) | Q(description__icontains=word) | Q(category__name__icontains=word)
        )
    found = list(tiles.order_by("category__position", "category__name", "position", "title"))
    context = {"nav": "catalog", "query": query, "tiles": found, "groups": _groups(found)}
    return render(request, "catalog/catalog.html", context)


def _groups(tiles: list[Tile]) -> list[TileGroup]:
    named = groupby(tiles, key=lambda tile: tile.category.name if tile.category else "Other")
    return [TileGroup(name, list(members)) for name, members in named]
