"""What curators decide of the things that Tower asks for at launch."""

import pytest
from django.urls import reverse

from catalog import asking
from catalog.models import Tile, TilePrompt
from tests.catalog.people import told
from tests.catalog.prompts import template, tile_of

pytestmark = pytest.mark.django_db


def change(tile: Tile) -> str:
    return reverse("admin:catalog_tile_change", args=[tile.pk])


def data(tile: Tile, *rows: tuple[str, str, object], existing: int = 0, **fields: object) -> dict[str, object]:
    found: dict[str, object] = {
        "template": tile.template_id, "title": "Maintenance", "slug": "maintenance", "description": "Words",
        "icon": "network", "colour": "cobalt", "size": "normal", "position": 0,
        "prompts-TOTAL_FORMS": len(rows), "prompts-INITIAL_FORMS": existing,
    }  # fmt: skip
    for number, (name, decision, value) in enumerate(rows):
        found |= {f"prompts-{number}-name": name, f"prompts-{number}-decision": decision}
        found[f"prompts-{number}-value"] = value
        row = TilePrompt.objects.filter(tile=tile, name=name).first()
        pk = row.pk if row and number < existing else ""
        found |= {f"prompts-{number}-id": pk, f"prompts-{number}-tile": tile.pk}
    return found | fields


def decided() -> dict[str, tuple[str, object]]:
    return {row.name: (row.decision, row.value) for row in TilePrompt.objects.all()}


def test_a_curator_sees_each_prompt_with_what_is_usual_for_it(curator):
    tile = tile_of(template("inventory", "limit", inventory={"id": None}))

    page = curator.get(change(tile)).content.decode()

    assert "Inventory" in page
    assert "Only these machines" in page
    assert page.count('<option value="ask" selected>') == 1, "the inventory, without which Tower cannot start"
    assert page.count('<option value="hide" selected>') == 1


def test_a_new_tile_shows_the_prompts_of_the_template_it_is_made_of(curator):
    page = curator.get(reverse("admin:catalog_tile_add"), {"template": template("forks").pk}).content.decode()

    assert "Machines at a time" in page


def test_a_tile_without_a_template_says_where_prompts_will_be(curator):
    assert "appears here" in curator.get(reverse("admin:catalog_tile_add")).content.decode()


def test_only_what_is_not_usual_is_stored(curator):
    tile = tile_of(template("inventory", "limit", "verbosity"))

    response = curator.post(
        change(tile), data(tile, ("inventory", "hide", ""), ("limit", "ask", ""), ("verbosity", "fix", "3"))
    )

    assert response.status_code == 302
    assert decided() == {"limit": ("ask", None), "verbosity": ("fix", 3)}


@pytest.mark.parametrize(
    ("ask", "name", "typed", "kept"),
    [
        ("inventory", "inventory", "5", 5),
        ("limit", "limit", " leaf-101 ", "leaf-101"),
        ("limit", "limit", "", ""),
        ("credential", "credentials", ["4", "6"], [4, 6]),
        ("diff_mode", "diff_mode", "False", False),
        ("forks", "forks", "0", 0),
        ("job_type", "job_type", "check", "check"),
        ("labels", "labels", ["1", "2"], [1, 2]),
        ("variables", "extra_vars", "site: Antwerp\nspeed: 10", {"site": "Antwerp", "speed": 10}),
    ],
)
def test_a_value_for_good_is_kept_as_tower_takes_it(curator, ask, name, typed, kept):
    tile = tile_of(template(ask))

    curator.post(change(tile), data(tile, (name, "fix", typed)))

    assert decided() == {name: ("fix", kept)}
    page = curator.get(change(tile)).content.decode()
    assert '<option value="fix" selected>' in page
    again = curator.post(change(tile), data(tile, (name, "fix", typed), existing=1))
    assert again.status_code == 302
    assert decided() == {name: ("fix", kept)}


@pytest.mark.parametrize(
    ("ask", "row", "words"),
    [
        ("inventory", ("inventory", "fix", ""), "Say what it always is"),
        ("inventory", ("inventory", "fix", "99"), "Choose one of the answers"),
        ("inventory", ("inventory", "hide", ""), "Tower cannot start without it"),
        ("forks", ("forks", "fix", "-1"), "Enter a number"),
        ("credential", ("credentials", "fix", ["3", "4"]), "one credential of each kind"),
    ],
)
def test_what_would_not_work_is_said(curator, ask, row, words):
    tile = tile_of(template(ask, inventory={"id": None}))

    response = curator.post(change(tile), data(tile, row))
    errors = [str(form.errors) for formset in response.context["inline_admin_formsets"] for form in formset.formset]

    assert response.status_code == 200
    assert words in errors[0]


def test_a_decision_taken_back_drops_the_value(curator):
    tile = tile_of(template("limit"), limit="leaf-101")

    curator.post(change(tile), data(tile, ("limit", "hide", "leaf-101"), existing=1))

    assert decided() == {"limit": ("hide", None)}


def test_what_tower_asks_no_longer_is_told_and_kept(curator):
    found = template("limit")
    tile = tile_of(found, limit="leaf-101", forks="ask")

    page = curator.get(change(tile)).content.decode()

    assert "Tower no longer asks for it" in page
    assert [prompt.name for prompt in asking.of(tile).asked] == []
    assert asking.of(tile).fixed == {"limit": "leaf-101"}


def test_another_template_in_the_same_step_ignores_rows_it_does_not_ask(curator):
    tile = tile_of(template("limit"), limit="leaf-101")
    other = tile.template
    other.pk, other.tower_id, other.prompts = None, 16, {}
    other.save()

    response = curator.post(change(tile), data(tile, ("limit", "fix", "leaf-1"), existing=1, template=other.pk))

    assert response.status_code == 302
    assert asking.of(Tile.objects.get()).fixed == {}


def test_a_tile_that_fixes_what_is_gone_warns(curator):
    tile = tile_of(template("inventory", inventory={"id": None}), inventory=99)

    response = curator.post(change(tile), data(tile, existing=0), follow=True)

    assert any("may no longer use" in message for message in told(response))
