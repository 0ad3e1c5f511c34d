"""Curating and operating in Django's admin."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError

from catalog import tasks
from catalog.models import Category, Controller, Template, Tile
from tests.catalog.towers import controller_for, watched_requests

TOKEN = "stored-t0ken"
QUESTION = {"variable": "_vlan_id", "question_name": "VLAN id", "type": "integer", "required": True, "min": 1,
            "max": 4094, "default": "", "choices": ""}  # fmt: skip


def staff(name, *permissions):
    user = User.objects.create_user(name, password="x", is_staff=True)
    user.user_permissions.set([Permission.objects.get(codename=codename) for codename in permissions])
    return user


@pytest.fixture
def operator(client, db):
    client.force_login(User.objects.create_superuser("oscar"))
    return client


@pytest.fixture
def curator(client, db):
    client.force_login(
        staff("bob", "add_tile", "change_tile", "view_tile", "view_template", "add_category", "change_category")
    )
    return client


@pytest.fixture
def controller(db):
    return Controller.objects.create(name="Tower", url="http://127.0.0.1:1", token=TOKEN)


@pytest.fixture
def template(controller):
    columns = {"kind": "job_template", "tower_id": 9, "name": "New_Customer_L2_Setup", "description": "Creates it"}
    return Template.objects.create(controller=controller, survey_enabled=True, survey=[QUESTION], **columns)


def tile_data(template, **fields):
    given = {"template": template.pk, "title": "New network", "slug": "new-network", "description": "A network.",
             "icon": "network", "colour": "cobalt", "size": "normal", "position": 0}  # fmt: skip
    return given | fields


def told(response):
    return [str(message) for message in response.context["messages"]]


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
    Template.objects.update(prompts={"passwords_needed": ["ssh_password"]})
    response = curator.post(reverse("admin:catalog_tile_add"), tile_data(template), follow=True)
    assert any("cannot be ordered" in message and "password" in message for message in told(response))
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


# Controllers ----------------------------------------------------------------------------------------------------------


def change_url(controller):
    return reverse("admin:catalog_controller_change", args=[controller.pk])


def test_a_token_is_never_shown(operator, controller):
    for url in [change_url(controller), reverse("admin:catalog_controller_changelist")]:
        assert TOKEN not in operator.get(url).content.decode()
    shown = operator.post(change_url(controller), {"name": "", "url": "x", "new_token": "typed-t0ken"})
    assert "typed-t0ken" not in shown.content.decode()


def test_a_token_left_blank_stays_and_a_new_one_is_stored(operator, controller):
    data = {"name": "Tower", "url": controller.url}
    operator.post(change_url(controller), data | {"new_token": ""})
    assert Controller.objects.get().token == TOKEN
    operator.post(change_url(controller), data | {"new_token": "n3w-token"})
    assert Controller.objects.get().token == "n3w-token"


def test_a_new_controller_needs_a_token_and_takes_short_host_names(operator, db):
    data = {"name": "Tower", "url": "http://demo-tower:8052"}
    response = operator.post(reverse("admin:catalog_controller_add"), data)
    assert response.context["adminform"].form.errors["new_token"]
    operator.post(reverse("admin:catalog_controller_add"), data | {"new_token": TOKEN})
    assert Controller.objects.get().token == TOKEN


@pytest.mark.parametrize("url", ["tower", "ftp://tower", "https://svc:secret@tower", "https://tower/api/v2/"])
def test_an_address_that_is_none_is_refused(operator, controller, url):
    response = operator.post(change_url(controller), {"name": "Tower", "url": url})
    assert response.context["adminform"].form.errors["url"]


def test_a_new_address_is_discovered_anew(operator, controller):
    Controller.objects.update(api_base="/api/v2/")
    operator.post(change_url(controller), {"name": "Tower", "url": "https://new.example.com"})
    assert (Controller.objects.get().url, Controller.objects.get().api_base) == ("https://new.example.com", "")


def test_a_controller_whose_token_no_key_opens_can_still_be_mended(operator, controller, settings):
    settings.PORTAL_SECRET_KEYS = ["yhIA3CbIA0OExgJRGdWMBT4xXwbkyLlRJBqHW0xR1ZM="]
    assert operator.get(reverse("admin:catalog_controller_changelist")).status_code == 200
    operator.post(change_url(controller), {"name": "Tower", "url": controller.url, "new_token": "n3w-token"})
    assert Controller.objects.get().token == "n3w-token"


@pytest.mark.django_db(transaction=True)
def test_a_test_of_the_connection_says_what_it_found_outside_of_transactions(tower, client, monkeypatch):
    client.force_login(User.objects.create_superuser("oscar"))
    controller = controller_for(tower)
    with watched_requests(monkeypatch) as in_transaction:
        by_button = client.post(reverse("admin:catalog_controller_test", args=[controller.pk]), follow=True)
        by_action = client.post(
            reverse("admin:catalog_controller_changelist"),
            {"action": "test_connection", "_selected_action": [controller.pk]},
            follow=True,
        )
    assert told(by_button)[0].startswith("Connected to Tower, version")
    assert told(by_action)[0].startswith("Connected to Tower, version")
    assert in_transaction
    assert not any(in_transaction)


def test_a_failed_test_says_why(operator, controller):
    response = operator.post(reverse("admin:catalog_controller_test", args=[controller.pk]), follow=True)
    assert told(response) == [
        "Tower cannot be used right now. Tower refuses connections: it is down, or the port is wrong."
    ]


def test_a_sync_is_left_to_a_worker(operator, controller, monkeypatch):
    nudged: list[int] = []
    monkeypatch.setattr(tasks.sync_controller, "delay", nudged.append)
    operator.post(reverse("admin:catalog_controller_sync", args=[controller.pk]))
    operator.post(
        reverse("admin:catalog_controller_changelist"), {"action": "sync_now", "_selected_action": [controller.pk]}
    )
    assert nudged == [controller.pk] * 2


def test_a_sync_without_a_broker_is_told(operator, controller, monkeypatch):
    def no_broker(_pk):
        raise OperationalError

    monkeypatch.setattr(tasks.sync_controller, "delay", no_broker)
    response = operator.post(reverse("admin:catalog_controller_sync", args=[controller.pk]), follow=True)
    assert "broker does not answer" in told(response)[0]


def test_who_may_only_look_sees_no_token_field_and_tests_nothing(client, controller):
    client.force_login(staff("eve", "view_controller"))
    page = client.get(change_url(controller))
    assert page.status_code == 200
    assert "new_token" not in page.content.decode()
    assert "Test connection" not in page.content.decode()
    assert client.post(reverse("admin:catalog_controller_test", args=[controller.pk])).status_code == 403
    assert client.get(reverse("admin:catalog_controller_test", args=[controller.pk])).status_code == 405
