"""The catalog shows each person the tiles they may order, by category, and finds them by words."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import Category, Controller, Template, Tile

pytestmark = pytest.mark.django_db


@pytest.fixture
def template():
    controller = Controller.objects.create(name="Tower", url="https://tower.example.com")
    return Template.objects.create(controller=controller, kind="job_template", tower_id=1, name="One")


@pytest.fixture
def make(template):
    def tile(title, **fields):
        slug = title.lower().replace(" ", "-")
        audience = fields.pop("audience", None)
        defaults = {"template": template, "slug": slug, "for_everyone": audience is None, "published": True}
        made = Tile.objects.create(title=title, **defaults | fields)
        if audience:
            made.audience.set(audience)
        return made

    return tile


@pytest.fixture
def alice():
    return User.objects.create_user("alice", first_name="Alice")


def titles(person, query=""):
    client = Client()
    client.force_login(person)
    answer = client.get("/", {"q": query} if query else {})
    assert answer.status_code == 200
    return [tile.title for group in answer.context["groups"] for tile in group.tiles]


def test_tiles_stand_in_the_order_of_their_categories_and_places(make, alice):
    build, look = Category.objects.create(name="Build", position=1), Category.objects.create(name="Ask", position=2)
    make("Second", category=build, position=2)
    make("First", category=build, position=1)
    make("Third", category=look)
    make("Last")

    assert titles(alice) in (["First", "Second", "Third", "Last"], ["Last", "First", "Second", "Third"])


def test_people_see_the_tiles_of_their_groups_and_those_for_everyone(make, alice):
    sales, field = Group.objects.create(name="Sales"), Group.objects.create(name="Field operations")
    alice.groups.add(sales)
    make("For sales", audience=[sales])
    make("For field operations", audience=[field])
    make("For both", audience=[sales, field])
    make("For everyone")
    make("For nobody yet", for_everyone=False)
    make("Draft", published=False)

    assert sorted(titles(alice)) == ["For both", "For everyone", "For sales"]


def test_curators_see_all_of_them(make, alice):
    alice.user_permissions.add(Permission.objects.get(codename="change_tile"))
    make("Draft", published=False)
    make("For nobody yet", for_everyone=False)

    assert len(titles(alice)) == 2


@pytest.mark.parametrize("query", ["wi-fi", "GUEST", "visitors", "connect guest"])
def test_search_looks_in_title_description_and_category(make, alice, query):
    connect = Category.objects.create(name="Connect and protect")
    make("Guest Wi-Fi", description="A password for visitors", category=connect)
    make("Firewall rule")

    assert titles(alice, query) == ["Guest Wi-Fi"]


def test_a_search_without_a_hit_says_so(make, alice):
    make("Guest Wi-Fi")
    client = Client()
    client.force_login(alice)

    text = client.get("/", {"q": "printer"}).content.decode()

    assert "printer" in text
    assert "Guest Wi-Fi" not in text


def test_an_empty_catalog_says_what_to_do_next(alice):
    client = Client()
    client.force_login(alice)

    assert "Nothing to order yet" in client.get("/").content.decode()


def test_a_tile_whose_template_is_gone_is_shown_as_paused(make, alice, template):
    from django.utils import timezone

    make("Guest Wi-Fi")
    Template.objects.update(gone_at=timezone.now())
    client = Client()
    client.force_login(alice)

    assert "no longer offered in Tower" in client.get("/").content.decode()


def test_a_hundred_tiles_cost_as_many_queries_as_two(make, alice):
    client = Client()
    client.force_login(alice)
    counts = []
    for start, end in ((0, 2), (2, 100)):
        for number in range(start, end):
            make(f"Tile {number}")
        with CaptureQueriesContext(connection) as captured:
            client.get("/")
        counts.append(len(captured))

    assert counts[0] == counts[1] <= 10


def test_tokens_and_surveys_are_not_read_for_the_catalog(make, alice):
    make("Guest Wi-Fi")
    client = Client()
    client.force_login(alice)
    with CaptureQueriesContext(connection) as captured:
        client.get("/")

    assert not [query for query in captured if '"token"' in query["sql"] or '"survey"' in query["sql"]]
