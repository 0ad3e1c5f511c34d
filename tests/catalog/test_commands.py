"""manage.py connect and sync."""

import pytest
from django.core.management import CommandError, call_command

from catalog.models import Controller, Template
from tests.catalog.towers import controller_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def environment(settings, tower):
    settings.TOWER_URL, settings.TOWER_TOKEN, settings.TOWER_NAME = tower.url, tower.token, "Tower"
    return settings


def test_connect_says_what_it_found_and_may_run_again(environment, capsys):
    call_command("connect")
    call_command("connect")
    assert capsys.readouterr().out.count("Connected to Tower, version") == 2
    assert Controller.objects.get().account_name == "portal-svc"


def test_connect_to_a_tower_that_is_down_is_told_and_no_failure(environment, tower, capsys):
    tower.down()
    call_command("connect")
    assert "refuses connections" in capsys.readouterr().out
    assert Controller.objects.get().trouble


@pytest.mark.parametrize("name", ["TOWER_URL", "TOWER_TOKEN"])
def test_connect_names_the_variable_that_is_missing(environment, name):
    setattr(environment, name, "")
    with pytest.raises(CommandError, match=name):
        call_command("connect")
    assert not Controller.objects.exists()


def test_sync_mirrors_every_tower_and_counts(environment, capsys):
    call_command("connect")
    call_command("sync")
    assert f"Tower: {Template.objects.count()} added" in capsys.readouterr().out


def test_sync_fails_when_a_tower_fails_and_syncs_the_others(tower, capsys):
    controller_for(tower, name="Munich")
    controller_for(tower, name="Berlin", token="wrong")
    with pytest.raises(CommandError, match="Not every Tower"):
        call_command("sync")
    told = capsys.readouterr().out
    assert "Berlin: Tower does not accept our account" in told
    assert "Munich:" in told
    assert Template.objects.filter(controller__name="Munich").exists()


def test_sync_without_a_tower_says_how_to_get_one():
    with pytest.raises(CommandError, match=r"manage\.py connect"):
        call_command("sync")
