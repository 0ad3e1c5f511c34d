"""From a row to a Tower."""

import threading

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from catalog import connections, examination
from catalog.environment import first_controller
from catalog.models import Controller
from tests.catalog.towers import controller_for, watched_requests


@pytest.mark.django_db
def test_a_thread_keeps_its_session_and_shares_it_with_no_other(tower):
    controller = controller_for(tower)
    mine = connections.tower(controller)
    assert connections.tower(controller) is mine
    theirs = []
    thread = threading.Thread(target=lambda: theirs.append(connections.tower(controller)))
    thread.start()
    thread.join()
    assert theirs[0] is not mine


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change", [{"token": "another"}, {"url": "https://tower.example.com"}, {"ca_bundle": "/ca.pem"}], ids=str
)
def test_a_changed_address_or_token_is_used_at_once(tower, change):
    controller = controller_for(tower)
    before = connections.tower(controller)
    Controller.objects.filter(pk=controller.pk).update(**change)
    assert connections.tower(Controller.objects.get()) is not before


@pytest.mark.django_db
def test_a_forked_process_does_not_use_its_parents_session(tower, monkeypatch):
    controller = controller_for(tower)
    before = connections.tower(controller)
    monkeypatch.setattr("os.getpid", lambda: -1)
    assert connections.tower(controller) is not before


@pytest.mark.django_db
def test_an_examination_writes_down_what_answers(tower):
    controller = controller_for(tower, trouble="It was down.")
    finding = examination.examine(controller)
    stored = Controller.objects.get()
    assert finding.ok
    assert "as portal-svc." in finding.words
    assert stored.version in finding.words
    assert (stored.api_base, stored.account_name, stored.trouble) == ("/api/controller/v2/", "portal-svc", "")
    assert stored.install_uuid
    assert stored.account_id
    assert stored.last_answer_at


@pytest.mark.django_db
def test_an_examination_says_what_is_wrong_and_since_when(tower):
    controller = controller_for(tower, token="wrong")
    finding = examination.examine(controller)
    since = Controller.objects.get().trouble_since
    assert not finding.ok
    assert "token" in finding.words
    assert since is not None
    examination.examine(Controller.objects.get())
    assert Controller.objects.get().trouble_since == since


@pytest.mark.django_db
def test_a_tower_that_hangs_is_given_up_within_seconds(tower, monkeypatch):
    monkeypatch.setattr(connections, "QUICK_READ", 0.2)
    tower.hang()
    finding = examination.examine(controller_for(tower))
    tower.unhang()
    assert finding.words == "Tower did not answer in time."


@pytest.mark.django_db
def test_another_installation_at_the_same_address_is_told(tower):
    finding = examination.examine(controller_for(tower, install_uuid="the-old-one"))
    assert "another installation" in finding.words


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_tower_is_asked(tower, monkeypatch):
    controller = controller_for(tower)
    with watched_requests(monkeypatch) as in_transaction:
        examination.examine(controller)
    assert in_transaction
    assert not any(in_transaction)


# The first controller, from the environment ------------------------------------------------------------------------


@pytest.fixture
def environment(settings):
    settings.TOWER_URL, settings.TOWER_TOKEN = "https://tower.example.com/", "t0ken"
    settings.TOWER_NAME, settings.TOWER_CA_BUNDLE = "Tower", ""
    return settings


def the_first_controller() -> Controller:
    controller = first_controller()
    assert controller is not None
    return controller


@pytest.mark.django_db
def test_without_an_address_there_is_no_first_controller(settings):
    settings.TOWER_URL = ""
    assert first_controller() is None


@pytest.mark.django_db
def test_a_missing_token_is_named(environment):
    environment.TOWER_TOKEN = ""
    with pytest.raises(ImproperlyConfigured, match="TOWER_TOKEN"):
        first_controller()


@pytest.mark.django_db
def test_the_first_controller_is_made_once_and_kept_up_to_date(environment):
    first = the_first_controller()
    assert (first.url, first.token) == ("https://tower.example.com", "t0ken")
    environment.TOWER_TOKEN = "a newer one"
    again = the_first_controller()
    assert (again.pk, again.token) == (first.pk, "a newer one")
    assert Controller.objects.count() == 1


@pytest.mark.django_db
def test_a_renamed_controller_is_known_by_its_address(environment):
    first = the_first_controller()
    Controller.objects.update(name="Munich")
    assert the_first_controller().pk == first.pk


@pytest.mark.django_db
def test_a_new_address_is_discovered_anew(environment):
    the_first_controller()
    Controller.objects.update(api_base="/api/v2/")
    environment.TOWER_URL = "https://new.example.com"
    moved = the_first_controller()
    assert (moved.url, moved.api_base) == ("https://new.example.com", "")


@pytest.mark.django_db
def test_a_stored_token_that_no_key_opens_is_replaced(environment):
    the_first_controller()
    environment.PORTAL_SECRET_KEYS = [Fernet.generate_key().decode()]
    assert the_first_controller().token == "t0ken"
