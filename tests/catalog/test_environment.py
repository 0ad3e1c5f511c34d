"""The first controller's way to sign in, from the environment."""

import subprocess

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from catalog.environment import first_controller
from catalog.models import Controller
from demo.tower.harness import SERVICE
from tests.processes import PYTHON, ROOT, base_environment

pytestmark = pytest.mark.django_db
KEY = Fernet.generate_key().decode()


@pytest.fixture
def environment(settings):
    settings.TOWER_URL, settings.TOWER_NAME, settings.TOWER_CA_BUNDLE = "https://tower.example.com", "Tower", ""
    for name in ("TOKEN", "USERNAME", "PASSWORD", "CLIENT_ID", "CLIENT_SECRET"):
        setattr(settings, f"TOWER_{name}", "")
    return settings


def given(environment, **values):
    for name, value in values.items():
        setattr(environment, f"TOWER_{name}", value)


@pytest.mark.parametrize(
    ("values", "way"),
    [
        ({"TOKEN": "t"}, "token"),
        ({"USERNAME": "u", "PASSWORD": "p"}, "basic"),
        ({"USERNAME": "u", "PASSWORD": "p", "CLIENT_ID": "c", "CLIENT_SECRET": "s"}, "oauth2"),
        ({"USERNAME": "u", "PASSWORD": "p", "CLIENT_ID": "c"}, "oauth2"),
    ],
)
def test_the_way_is_inferred(environment, values, way):
    given(environment, **values)
    first_controller()
    stored = Controller.objects.get()
    assert stored.way == way
    for name, value in values.items():
        assert getattr(stored, name.lower()) == value


WRONG = [
    ({"PASSWORD": "p"}, "TOWER_USERNAME"),
    ({"USERNAME": "u"}, "TOWER_PASSWORD"),
    ({"CLIENT_ID": "c", "USERNAME": "u"}, "TOWER_PASSWORD"),
    ({"CLIENT_SECRET": "s", "USERNAME": "u", "PASSWORD": "p"}, "TOWER_CLIENT_ID"),
    ({"TOKEN": "t", "PASSWORD": "p"}, "TOWER_TOKEN.*TOWER_PASSWORD"),
]


@pytest.mark.parametrize(("values", "named"), [*WRONG, ({}, "TOWER_TOKEN")])
def test_what_does_not_go_together_is_named(environment, values, named):
    given(environment, **values)
    with pytest.raises(ImproperlyConfigured, match=named):
        first_controller()


def test_it_stops_the_start_without_repeating_a_value():
    variables = {"TOWER_TOKEN": "hidden-word", "TOWER_CLIENT_SECRET": "hidden-word"}
    environment = base_environment(**variables, PORTAL_SECRET_KEY="x" * 50, PORTAL_SECRET_KEYS=KEY)
    done = subprocess.run(
        [PYTHON, "manage.py", "check"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert "TOWER_TOKEN is one way to sign in and TOWER_CLIENT_SECRET another" in last
    assert "docs/settings.md" in last
    assert "hidden-word" not in done.stderr


def test_another_way_replaces_the_one_before(environment):
    given(environment, TOKEN="t")
    first_controller()
    given(environment, TOKEN="", USERNAME="u", PASSWORD="p")
    first_controller()
    stored = Controller.objects.get()
    assert (stored.way, stored.token, stored.username, stored.password) == ("basic", "", "u", "p")


@pytest.mark.parametrize(("generation", "way"), [("awx", "basic"), ("tower-3.2", "authtoken")])
def test_towers_version_decides_what_name_and_password_mean(environment, tower, capsys, generation, way):
    tower.become(generation)
    given(environment, URL=tower.url, USERNAME=SERVICE, PASSWORD=tower.password)
    for _ in range(2):
        call_command("connect")
        assert Controller.objects.get().way == way
    assert capsys.readouterr().out.count("Connected to Tower") == 2


def test_connect_signs_in_with_a_password_grant(environment, tower, capsys):
    tower.become("aap")
    given(environment, URL=tower.url, USERNAME=SERVICE, PASSWORD=tower.password)
    given(environment, CLIENT_ID=tower.client_id, CLIENT_SECRET=tower.client_secret)
    call_command("connect")
    assert "as portal-svc" in capsys.readouterr().out
    assert tower.grants.made == ["password"]
