"""Curating in Django's admin."""

import re

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse
from django.utils import timezone

from catalog import tasks
from catalog.models import Category, Controller, Template, Tile
from tests.catalog.people import staff, told

QUESTION = {"variable": "_vlan_id", "question_name": "VLAN id", "type": "integer", "required": True, "min": 1,
            "max": 4094, "default": "", "choices": ""}  # fmt: skip


@pytest.fixture
def controller(db):
    return Controller.objects.create(name="Tower", url="http://127.0.0.1:1", token="t0ken")


@pytest.fixture
def template(controller):
    columns = {"kind": "job_template", "tower_id": 9, "name": "New_Customer_L2_Setup", "description": "Creates it"}
    return Template.objects.create(controller=controller, survey_enabled=True, survey=[QUESTION], **columns)


def tile_data(template, **fields):
    given = {"template": template.pk, "title": "New network", "slug": "new-network", "description": "A network.",
             "icon": "network", "colour": "cobalt", "size": "normal", "position": 0,
             "prompts-TOTAL_FORMS": 0, "prompts-INITIAL_FORMS": 0}  # fmt: skip
    return given | fields


# The way in -----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_admin_is_entered_through_the_portals_sign_in_page(client):
    response = client.get(reverse("admin:catalog_tile_changelist"), follow=True)
    target, _ = response.redirect_chain[-1]
    assert target.startswith(reverse("login"))
    assert "/admin/catalog/tile/" in target.replace("%2F", "/")


@pytest.mark.django_db
def test_someone_who_may_not_enter_is_told_so_and_not_sent_in_circles(client):
    client.force_login(User.objects.create_user("alice"))
    assert client.get(reverse("admin:index"), follow=True).status_code == 403


def test_someone_who_may_enter_is_led_in(operator):
    assert operator.get(reverse("admin:login")).url == reverse("admin:index")


# Tiles ----------------------------------------------------------------------------------------------------------------


def test_a_curator_makes_a_tile_of_a_template(curator, template):
    group, category = Group.objects.create(name="Sales"), Category.objects.create(name="Networks")
    page = curator.get(reverse("admin:catalog_template_change", args=[template.pk])).content.decode()
    assert "Make a tile" in page
    assert "VLAN id" in page
    data = tile_data(template, audience=[group.pk], category=category.pk, published="on", happens="VLAN {_vlan_id}")
    response = curator.post(reverse("admin:catalog_tile_add"), data, follow=True)
    tile = Tile.objects.get()
    assert (tile.published, [*tile.audience.all()], tile.category) == (True, [group], category)
    assert len(told(response)) == 1


def test_the_link_fills_in_the_templates_words(curator, template):
    page = curator.get(reverse("admin:catalog_template_change", args=[template.pk]))
    form = curator.get(page.context["make_a_tile"]).context["adminform"].form
    assert form.initial["title"] == "New_Customer_L2_Setup"
    assert str(form.initial["template"]) == str(template.pk)


def test_templates_that_are_gone_are_not_offered_for_tiles(curator, template):
    template.gone_at = timezone.now()
    template.save()
    response = curator.post(reverse("admin:catalog_tile_add"), tile_data(template))
    assert response.context["adminform"].form.errors["template"]
    assert not Tile.objects.exists()


def test_a_tile_keeps_its_template_when_that_is_gone(curator, template):
    tile = Tile.objects.create(template=template, title="New network", slug="new-network", description="It.")
    Template.objects.update(gone_at=timezone.now())
    curator.post(reverse("admin:catalog_tile_change", args=[tile.pk]), tile_data(template, title="Another title"))
    tile.refresh_from_db()
    assert tile.title == "Another title"


def test_a_tile_that_asks_for_more_than_the_form_can_give_warns(curator, template):
    Template.objects.update(prompts={"defaults": {"inventory": {"id": None}}})
    response = curator.post(reverse("admin:catalog_tile_add"), tile_data(template), follow=True)
    assert any("cannot be ordered" in message and "inventory" in message for message in told(response))
    assert "cannot give" in curator.get(reverse("admin:catalog_tile_changelist")).content.decode()


def test_a_sentence_about_a_question_that_is_not_asked_warns(curator, template):
    data = tile_data(template, happens="VLAN {_vlan} for {_vlan_id}")
    response = curator.post(reverse("admin:catalog_tile_add"), data, follow=True)
    assert any("{_vlan}," in message and "{_vlan_id}" not in message for message in told(response))


def test_tiles_are_published_and_withdrawn_together(curator, template):
    tile = Tile.objects.create(template=template, title="New network", slug="new-network")
    for action, published in [("publish", True), ("withdraw", False)]:
        curator.post(reverse("admin:catalog_tile_changelist"), {"action": action, "_selected_action": [tile.pk]})
        tile.refresh_from_db()
        assert tile.published is published


def test_the_list_of_tiles_does_not_ask_the_database_for_each(curator, template, django_assert_max_num_queries):
    for number in range(30):
        Tile.objects.create(template=template, title=f"T{number}", slug=f"t{number}")
    with django_assert_max_num_queries(16):
        assert curator.get(reverse("admin:catalog_tile_changelist")).status_code == 200


def test_a_tile_can_be_looked_at_on_the_site(curator, template):
    tile = Tile.objects.create(template=template, title="New network", slug="new-network")
    page = curator.get(reverse("admin:catalog_tile_change", args=[tile.pk])).content.decode()
    assert tile.get_absolute_url() in page


# Templates ------------------------------------------------------------------------------------------------------------


def test_nobody_changes_a_template(operator, template):
    url = reverse("admin:catalog_template_change", args=[template.pk])
    assert operator.get(url).status_code == 200
    assert operator.post(url, {"name": "Mine"}).status_code == 403
    assert operator.post(reverse("admin:catalog_template_delete", args=[template.pk])).status_code == 403
    assert operator.get(reverse("admin:catalog_template_add")).status_code == 403


def test_a_curator_has_the_templates_read_again(curator, controller, monkeypatch):
    nudged: list[int] = []
    monkeypatch.setattr(tasks.sync_controller, "delay", nudged.append)
    assert "Sync now" in curator.get(reverse("admin:catalog_template_changelist")).content.decode()
    curator.post(reverse("admin:catalog_template_sync"))
    assert nudged == [controller.pk]


def test_the_sync_button_is_for_curators(client, controller, monkeypatch):
    monkeypatch.setattr(tasks.sync_controller, "delay", pytest.fail)
    client.force_login(staff("eve", "view_template"))
    assert "Sync now" not in client.get(reverse("admin:catalog_template_changelist")).content.decode()
    assert client.post(reverse("admin:catalog_template_sync")).status_code == 403
    assert client.get(reverse("admin:catalog_template_sync")).status_code == 405


# The policy -----------------------------------------------------------------------------------------------------------


def test_the_pages_hold_nothing_that_the_content_security_policy_forbids(operator, template):
    tile = Tile.objects.create(template=template, title="New network", slug="new-network")
    for name, arguments in [
        ("index", []),
        ("catalog_tile_changelist", []),
        ("catalog_tile_change", [tile.pk]),
        ("catalog_template_changelist", []),
        ("catalog_template_change", [template.pk]),
        ("catalog_controller_changelist", []),
        ("catalog_controller_change", [template.controller_id]),
    ]:
        page = operator.get(reverse(f"admin:{name}", args=arguments)).content.decode()
        assert not re.search(r"<[^>]+\sstyle=", page), name
        assert not re.search(r"<[^>]+\son[a-z]+=", page), name
        assert not re.search(r"<script(?![^>]*(src=|application/json))", page), name
        assert "<style" not in page, name
