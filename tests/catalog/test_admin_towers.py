"""Looking after Towers in Django's admin."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from kombu.exceptions import OperationalError

from catalog import tasks
from catalog.models import Controller
from tests.catalog.people import staff, told
from tests.catalog.towers import controller_for, watched_requests

TOKEN = "stored-t0ken"


@pytest.fixture
def controller(db):
    return Controller.objects.create(name="Tower", url="http://127.0.0.1:1", token=TOKEN)


def change_url(controller):
    return reverse("admin:catalog_controller_change", args=[controller.pk])


def test_a_token_is_never_shown(operator, controller):
    for url in [change_url(controller), reverse("admin:catalog_controller_changelist")]:
        assert TOKEN not in operator.get(url).content.decode()
    shown = operator.post(change_url(controller), {"name": "", "url": "x", "new_token": "typed-t0ken"})
    assert "typed-t0ken" not in shown.content.decode()


def test_a_token_left_blank_stays_and_a_new_one_is_stored(operator, controller):
    data = {"name": "Tower", "url": controller.url, "way": "token"}
    operator.post(change_url(controller), data | {"new_token": ""})
    assert Controller.objects.get().token == TOKEN
    operator.post(change_url(controller), data | {"new_token": "n3w-token"})
    assert Controller.objects.get().token == "n3w-token"


def test_a_new_controller_needs_a_token_and_takes_short_host_names(operator, db):
    data = {"name": "Tower", "url": "http://demo-tower:8052", "way": "token"}
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
    operator.post(change_url(controller), {"name": "Tower", "url": "https://new.example.com", "way": "token"})
    assert (Controller.objects.get().url, Controller.objects.get().api_base) == ("https://new.example.com", "")


def test_a_controller_whose_token_no_key_opens_can_still_be_mended(operator, controller, settings):
    settings.PORTAL_SECRET_KEYS = ["yhIA3CbIA0OExgJRGdWMBT4xXwbkyLlRJBqHW0xR1ZM="]
    assert operator.get(reverse("admin:catalog_controller_changelist")).status_code == 200
    response = operator.post(reverse("admin:catalog_controller_test", args=[controller.pk]), follow=True)
    assert "PORTAL_SECRET_KEYS" in told(response)[0]
    operator.post(
        change_url(controller), {"name": "Tower", "url": controller.url, "way": "token", "new_token": "n3w-token"}
    )
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
