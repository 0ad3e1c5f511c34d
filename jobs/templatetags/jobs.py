"""What the catalog's templates show of jobs."""

from collections.abc import Mapping, Sequence

from django import template
from django.template import Context

from catalog.models import Tile
from jobs import facts
from jobs.models import Job

register = template.Library()


@register.simple_tag
def tile_facts(tiles: Sequence[Tile]) -> dict[int, facts.Facts]:
    """`{% tile_facts tiles as facts %}`: one query for all of them; then `{{ facts|of:tile }}`."""
    return facts.of_tiles(tiles)


@register.filter
def of(found: Mapping[int, facts.Facts], tile: Tile) -> facts.Facts | None:
    return found.get(tile.pk)


@register.simple_tag(takes_context=True)
def recent_orders(context: Context) -> list[Job]:
    """`{% recent_orders as recent %}`: the latest orders of the person who looks."""
    return facts.recent_orders(context["request"].user)
