"""Tokens shared between processes: encrypted, one renewal at a time, and no second guess at a refused password."""

import threading
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.db import connection
from django.utils import timezone

from catalog import connections, examination
from catalog.models import Controller, TowerSession
from catalog.sessions import SharedKeeper
from portal.tower.errors import Denied, Unreachable
from portal.tower.tickets import Ticket
from tests.catalog.towers import watched_requests
from tests.generations import CASES

pytestmark = pytest.mark.django_db
GRANT, OLD = CASES["AWX with password grant"], CASES["Tower 3.2"]


@pytest.fixture(params=[GRANT, OLD], ids=["password grant", "authtoken"])
def case(request, tower):
    tower.become(request.param.generation)
    return request.param


@pytest.fixture
def controller(case, tower, db):
    return Controller.objects.create(name="Tower", **case.columns(tower))


def as_another_process(controller):
    """A client that shares no memory with the others."""
    connections._clients.known.clear()
    return connections.tower(Controller.objects.get(pk=controller.pk))


def test_processes_share_a_token(controller, tower):
    for _ in range(3):
        assert as_another_process(controller).me().username == "portal-svc"
    assert len(tower.grants.made) == 1
    tower.grants.expire()
    for _ in range(3):
        as_another_process(controller).me()
    assert len(tower.grants.made) == 2


def test_a_process_takes_over_what_another_has_renewed(controller, tower):
    mine = as_another_process(controller)
    mine.me()
    tower.grants.expire()
    as_another_process(controller).me()
    mine.me()
    assert len(tower.grants.made) == 2


def test_nothing_readable_is_stored(controller, tower):
    as_another_process(controller).me()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM catalog_towersession")
        stored = str(cursor.fetchall())
    kept = Ticket.unpacked(TowerSession.objects.get().ticket)
    assert kept.token
    for secret in (kept.token, kept.refresh, tower.password, tower.client_secret):
        assert not secret or secret not in stored


def test_with_another_password_another_token_is_got(controller, tower):
    as_another_process(controller).me()
    tower.change_password("a newer one")
    Controller.objects.update(password="a newer one")
    as_another_process(controller).me()
    assert len(tower.grants.made) == 2
    assert "refresh_token" not in tower.grants.made


def test_a_refused_password_is_not_tried_by_each_process(controller, tower):
    tower.change_password("a newer one")
    for _ in range(3):
        with pytest.raises(Denied, match="refuses the user name or the password"):
            as_another_process(controller).me()
    assert len([path for method, path in tower.requests if method == "POST"]) == 1
    TowerSession.objects.update(refused_at=timezone.now() - timedelta(seconds=61))
    with pytest.raises(Denied):
        as_another_process(controller).me()
    assert len([path for method, path in tower.requests if method == "POST"]) == 2


def test_an_operator_who_tests_the_connection_does_not_wait_for_that_minute(controller, tower):
    right = tower.password
    tower.change_password("a newer one")
    assert not examination.examine(controller).ok
    tower.change_password(right)
    assert examination.examine(controller).ok


def test_a_token_that_no_key_opens_is_replaced(controller, tower, settings):
    as_another_process(controller).me()
    settings.PORTAL_SECRET_KEYS = [Fernet.generate_key().decode()]
    secrets = case_secrets(controller, tower)
    Controller.objects.update(**secrets)
    as_another_process(controller).me()
    assert len(tower.grants.made) == 2


def case_secrets(controller, tower):
    secret = tower.client_secret if controller.client_id else ""
    return {"token": "", "password": tower.password, "client_secret": secret}


def test_a_place_that_has_gone_leaves_no_row_for_ever(controller, tower):
    TowerSession.objects.create(controller=controller, place="gone", used_at=timezone.now() - timedelta(days=8))
    as_another_process(controller).me()
    assert not TowerSession.objects.filter(place="gone").exists()


def test_an_authtoken_is_kept_for_each_machine(tower, db, monkeypatch):
    """Tower ties it to where the requests come from."""
    tower.become("tower-3.2")
    controller = Controller.objects.create(name="Tower", **OLD.columns(tower))
    for host in ("worker-1", "worker-2"):
        monkeypatch.setattr("socket.gethostname", lambda host=host: host)
        as_another_process(controller).me()
    assert set(TowerSession.objects.values_list("place", flat=True)) == {"worker-1", "worker-2"}


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_tower_is_asked_for_a_token(controller, monkeypatch):
    with watched_requests(monkeypatch) as in_transaction:
        as_another_process(controller).me()
    assert len(in_transaction) > 1
    assert not any(in_transaction)


# The claim ----------------------------------------------------------------------------------------------------------


def keeper(controller):
    """As each process has its own: no lock is shared."""
    found = SharedKeeper(controller.pk, controller.url, controller.credentials)
    found._lock = threading.Lock()
    return found


def test_while_another_process_renews_one_waits_for_what_it_gets(controller, monkeypatch):
    TowerSession.objects.create(controller=controller, renewing_until=timezone.now() + timedelta(minutes=1))
    looks = []

    def the_other_has_it(_seconds):
        looks.append(1)
        if len(looks) == 3:
            row = TowerSession.objects.get()
            row.ticket, row.serial, row.stamp = Ticket("theirs").packed(), 1, keeper(controller)._stamp
            row.renewing_until = None
            row.save()

    monkeypatch.setattr("catalog.sessions.time.sleep", the_other_has_it)
    assert keeper(controller).replace(None, lambda _old: Ticket("mine")).token == "theirs"


def test_a_renewal_whose_process_died_is_taken_over(controller):
    TowerSession.objects.create(controller=controller, renewing_until=timezone.now() - timedelta(seconds=1))
    assert keeper(controller).replace(None, lambda _old: Ticket("mine")).token == "mine"
    assert TowerSession.objects.get().renewing_until is None


def test_a_renewal_that_does_not_end_is_an_outage(controller, settings):
    settings.TOWER_CONNECT_TIMEOUT = settings.TOWER_READ_TIMEOUT = -1.65  # a lease of a tenth of a second
    TowerSession.objects.create(controller=controller, renewing_until=timezone.now() + timedelta(minutes=1))
    with pytest.raises(Unreachable, match="Another process"):
        keeper(controller).replace(None, lambda _old: Ticket("mine"))


def test_a_failed_renewal_gives_the_claim_back(controller):
    def fails(_old):
        raise Unreachable("down")

    with pytest.raises(Unreachable):
        keeper(controller).replace(None, fails)
    assert TowerSession.objects.get().renewing_until is None
    assert keeper(controller).replace(None, lambda _old: Ticket("mine")).token == "mine"


@pytest.mark.django_db(transaction=True)
def test_only_one_of_many_renews(controller):
    made, results = [], []

    def obtain(_old):
        made.append(1)
        return Ticket(f"number {len(made)}")

    def work():
        try:
            results.append(keeper(controller).replace(None, obtain).token)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == ["number 1"] * 6
