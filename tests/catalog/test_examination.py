"""A test of the connection says what is there, and what is missing before the first order fails."""

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.urls import reverse

from catalog import examination, sync
from catalog.models import Controller, Template, Tile
from portal.tower.generations import Generation
from tests.catalog.people import told
from tests.catalog.towers import controller_for

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _awx(tower):
    tower.become("awx")


def service(tower):
    return tower.tower.accounts.named("portal-svc")


def test_it_tells_version_generation_account_and_what_it_may_start(tower):
    finding = examination.examine(controller_for(tower))
    assert finding.words == (
        "Connected to Tower, version 24.6.2.dev0 (AWX, found as AWX, or Tower from 3.3 on at /api/v2/), as portal-svc."
        f" It may start {count(tower)} of the {count(tower)} templates it sees."
    )
    assert finding.missing == []
    assert Controller.objects.get().known_generation is Generation.AWX


def count(tower):
    return len([one for one in tower.templates() if one["name"] != "Not for the portal"])


def test_a_read_only_token_is_found(tower):
    finding = examination.examine(controller_for(tower, token=tower.read_token))
    assert finding.ok
    assert finding.missing == ["Its token is read-only, so nothing can be started: make one with the scope “Write”."]
    assert f"It may start 0 of the {count(tower)} templates" in finding.words


def test_an_account_without_roles_is_told_which_it_needs(tower):
    service(tower).execute = set()
    [missing] = examination.examine(controller_for(tower)).missing
    assert missing.startswith("It sees no templates: give it the role Execute")


def test_a_lost_role_is_named_by_its_template_if_a_tile_needs_it(tower):
    controller = controller_for(tower)
    sync.sync(controller)
    found = Template.objects.get(name="New_Customer_L2_Setup")
    Tile.objects.create(template=found, title="Network", slug="network", published=True)
    service(tower).execute -= {"New_Customer_L2_Setup", "Plain no prompts"}
    assert examination.examine(controller).missing == ["The role Execute is missing on “New_Customer_L2_Setup”."]


def test_a_choice_of_inventories_without_the_role_use_is_told(tower):
    tower.add_template("Asks", ask=["inventory"])
    service(tower).use = set()
    [missing] = examination.examine(controller_for(tower)).missing
    assert missing == "“Asks” may ask for an inventory: the role Use is missing on those to choose from."
    service(tower).use = {"Fabric A"}
    assert examination.examine(Controller.objects.get()).missing == []


def test_templates_that_cannot_be_listed_are_told_and_no_failure(tower):
    tower.fault("bad_gateway", on="/unified_job_templates")
    finding = examination.examine(controller_for(tower))
    assert finding.ok
    assert "could not be listed" in finding.words


def test_what_is_missing_is_shown_as_a_warning_and_on_the_command_line(client, tower, settings, capsys):
    controller = controller_for(tower, token=tower.read_token)
    client.force_login(User.objects.create_superuser("oscar"))
    response = client.post(reverse("admin:catalog_controller_test", args=[controller.pk]), follow=True)
    assert told(response)[1].startswith("Its token is read-only")
    page = response.content.decode()
    assert "AWX, or Tower from 3.3 on, at /api/v2/" in page
    settings.TOWER_URL, settings.TOWER_TOKEN = tower.url, tower.read_token
    call_command("connect")
    assert "Missing: Its token is read-only" in capsys.readouterr().out


def test_an_upgrade_is_noticed_by_the_next_sync(tower):
    controller = controller_for(tower)
    sync.sync(controller)
    tower.become("aap")
    sync.sync(Controller.objects.get())
    stored = Controller.objects.get()
    assert (stored.api_base, stored.version, stored.product) == (
        "/api/controller/v2/",
        "4.6.8",
        "Red Hat Ansible Automation Platform",
    )
