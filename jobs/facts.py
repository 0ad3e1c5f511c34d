"""Live facts about tiles, for the catalog: how many run, how long they usually take."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Count

from catalog.models import Tile
from jobs.models import IN_TOWER, Job

RECENT = 5


@dataclass
class Facts:
    """About one tile; `usual` in seconds, None without history."""

    usual: float | None
    running: int = 0


def of_tiles(tiles: Sequence[Tile]) -> dict[int, Facts]:
    """Facts by the tile's primary key, with one query however many tiles there are."""
    facts = {tile.pk: Facts(usual=tile.usual_seconds) for tile in tiles}
    running = Job.objects.filter(status__in=IN_TOWER, tile__in=facts).values("tile")
    for row in running.annotate(count=Count("pk")).order_by():
        facts[row["tile"]].running = row["count"]
    return facts


def recent_orders(user: User | AnonymousUser) -> list[Job]:
    """The person's latest orders, newest first."""
    if not user.is_authenticated:
        return []
    return list(Job.objects.filter(ordered_by=user).select_related("tile")[:RECENT])
