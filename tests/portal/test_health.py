"""GET /healthz and `manage.py health`."""

import io
import json
import time

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from django.test import Client

from catalog.models import Controller
from portal import health

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("oscar"))
    return client


@pytest.fixture
def database_down(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise DatabaseError("password=hunter2 host=10.1.2.3")

    monkeypatch.setattr(health, "ask_database", refuse)


def test_anyone_learns_that_it_is_alive_and_no_more(client):
    answer = client.get("/healthz")

    assert answer.status_code == 200
    assert answer.json() == {"alive": True}


def test_a_person_who_signed_in_learns_no_more_than_anyone(client):
    client.force_login(User.objects.create_user("alice"))

    assert client.get("/healthz").json() == {"alive": True}


def test_a_database_that_is_down_makes_it_503_without_telling_why(client, database_down):
    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert answer.json() == {"alive": False}


def test_an_operator_sees_database_broker_beat_and_each_controller(operator):
    sick = Controller.objects.create(name="North", url="https://north.example.com")
    sick.failed_us("The name north.example.com is not known.")
    Controller.objects.create(name="South", url="https://south.example.com").answered()
    cache.set(health.BEAT_KEY, time.time() - 5)

    body = operator.get("/healthz").json()

    assert body["database"] == {"well": True, "trouble": ""}
    assert body["broker"] == {"well": True, "trouble": ""}
    assert body["beat"]["well"] is True
    assert 4 < body["beat"]["seconds_ago"] < 30
    north, south = body["controllers"]
    assert (north["name"], north["well"], north["trouble"]) == (
        "North",
        False,
        "The name north.example.com is not known.",
    )
    assert (south["name"], south["well"], south["trouble"]) == ("South", True, "")
    assert 0 <= south["seconds_ago"] < 30


def test_a_beat_that_is_a_minute_old_is_not_well(operator):
    cache.set(health.BEAT_KEY, time.time() - 61)

    assert operator.get("/healthz").json()["beat"]["well"] is False


def test_without_any_beat_the_age_is_unknown(operator):
    cache.delete(health.BEAT_KEY)

    assert operator.get("/healthz").json()["beat"] == {"well": False, "seconds_ago": None, "trouble": ""}


def test_a_broker_that_refuses_is_reported_and_the_portal_stays_alive(operator, monkeypatch):
    def refuse() -> None:
        raise ConnectionError("redis://:hunter2@broker")

    monkeypatch.setattr(health, "ask_broker", refuse)

    answer = operator.get("/healthz")

    assert answer.status_code == 200
    assert answer.json()["broker"] == {"well": False, "trouble": "ConnectionError"}
    assert "hunter2" not in answer.content.decode()


def test_a_check_that_hangs_costs_no_more_than_its_patience(monkeypatch):
    monkeypatch.setattr(health, "PATIENCE", 0.2)
    began = time.monotonic()

    trouble = health.trouble_of(lambda: time.sleep(5))

    assert trouble.startswith("No answer within")
    assert time.monotonic() - began < 4


def test_it_is_never_cached(client):
    assert "no-store" in client.get("/healthz")["Cache-Control"]


def test_it_rejects_post(client):
    assert client.post("/healthz").status_code == 405


@pytest.mark.parametrize("prefix", ["", "/portal"])
def test_a_plain_probe_is_answered_and_not_sent_to_https(client, settings, prefix):
    settings.SECURE_SSL_REDIRECT = True
    settings.FORCE_SCRIPT_NAME = prefix or None

    assert client.get("/healthz").status_code == 200
    assert client.get("/").status_code == 301


def test_a_probe_may_use_the_loopback_address_whatever_hosts_are_allowed(client):
    assert client.get("/healthz", headers={"host": "127.0.0.1:8000"}).status_code == 200


def test_the_command_prints_what_operators_see():
    cache.set(health.BEAT_KEY, time.time())
    out = io.StringIO()

    call_command("health", "database", "beat", stdout=out)

    assert json.loads(out.getvalue())["database"]["well"] is True


def test_the_command_fails_for_a_part_that_is_not_well():
    cache.delete(health.BEAT_KEY)

    with pytest.raises(CommandError, match="Not well: beat"):
        call_command("health", "database", "beat", stdout=io.StringIO())
