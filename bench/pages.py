"""Pages in this process: their time beside a bare Django view's, and their SQL queries."""

from collections.abc import Callable
from datetime import timedelta
from html.parser import HTMLParser
from uuid import uuid4

from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import include, path
from django.utils import timezone

from bench.table import Figure, compared, counted, in_turn
from catalog.models import Category, Controller, Template, Tile
from jobs import versions
from jobs.models import Job, Status

TIMES = 40


def bare(request: HttpRequest) -> HttpResponse:
    """What Django itself costs here: session, person, middleware, an answer of one word."""
    return HttpResponse(f"Hello {request.user.get_username()}")


urlpatterns = [path("", include("portal.urls")), path("bench/bare/", bare)]


def figures(controller: Controller) -> list[Figure]:
    person = User.objects.create_user("bench", password="bench")
    client = Client()
    client.force_login(person)
    template = Template.objects.filter(controller=controller, survey_enabled=True).first()
    assert template
    found = []
    for count in (10, 1000):
        _tiles(template, count)
        found += _page(client, "/", f"catalog, {count} tiles", reach=15 if count == 10 else None)
    tile = Tile.objects.get(slug="bench-0")
    found += _page(client, tile.get_absolute_url(), "order form")
    _jobs(tile, person, 5000)
    found += _page(client, "/jobs/", "queue, 5,000 jobs")
    found += _page(client, f"/jobs/{Job.objects.latest('pk').pk}/", "job page")
    return found + _refreshes(client, person)


def _tiles(template: Template, count: int) -> None:
    have = Tile.objects.count()
    category, _ = Category.objects.get_or_create(name="Bench")
    Tile.objects.bulk_create(
        Tile(
            template=template,
            category=category,
            title=f"Network {number}",
            slug=f"bench-{number}",
            description="Sets up one more network, and tests it.",
            for_everyone=True,
            published=True,
        )
        for number in range(have, count)
    )


def _jobs(tile: Tile, person: User, count: int) -> None:
    Job.objects.bulk_create(
        Job(
            tile=tile,
            template_id=tile.template_id,
            controller_id=tile.template.controller_id,
            ordered_by=person,
            form_key=uuid4(),
            subject=f"TEN_{number}",
            status=Status.RUNNING if number >= count - 20 else Status.SUCCESSFUL,
            tower_type="job",
            tower_id=1_000_000 + number,
            output_complete=number < count - 20,
            started_at=timezone.now(),
            changed_at=timezone.now() - timedelta(minutes=10),
        )
        for number in range(count)
    )


def _page(client: Client, address: str, name: str, *, reach: float | None = None) -> list[Figure]:
    def ask() -> None:
        assert client.get(address).status_code == 200

    page, plain = in_turn(ask, lambda: client.get("/bench/bare/"), times=TIMES)
    return [
        compared(f"{name}, by a bare view", page, plain, reach=reach),
        counted(f"{name}, SQL", _queries(ask), unit="queries", reach=12),
    ]


def _queries(action: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        action()
    return len(captured)


class _Poller(HTMLParser):
    """Finds where the queue asks for news."""

    address = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if attributes.get("id") == "poller":
            self.address = attributes.get("hx-get") or ""


def _refreshes(client: Client, person: User) -> list[Figure]:
    versions.raise_version()
    poller = _Poller()
    poller.feed(client.get("/jobs/").content.decode())
    changed = Job.objects.filter(ordered_by=person).latest("pk")

    def silent() -> None:
        assert client.get(poller.address, headers={"HX-Request": "true"}).status_code == 204

    def with_one() -> None:
        Job.objects.filter(pk=changed.pk).update(changed_at=timezone.now())
        versions.raise_version()
        assert client.get(poller.address, headers={"HX-Request": "true"}).status_code == 200

    found = []
    for action, name, reach, queries in (
        (silent, "queue refresh, nothing changed", 2, 2),
        (with_one, "queue refresh, one change", 12, 10),
    ):
        refresh, plain = in_turn(action, lambda: client.get("/bench/bare/"), times=TIMES)
        found += [
            compared(f"{name}, by a bare view", refresh, plain, reach=reach),
            counted(f"{name}, SQL", _queries(action), unit="queries", reach=queries),
        ]
    return found
