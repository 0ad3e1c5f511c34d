"""What there is to choose from at launch is mirrored with the templates."""

import pytest

from catalog import examination
from catalog.models import TowerObject
from catalog.sync import sync
from catalog.tasks import sync_controller
from demo.tower.harness import SERVICE
from demo.tower.world import Credential
from tests.catalog.towers import controller_for, watched_requests

pytestmark = pytest.mark.django_db


@pytest.fixture
def controller(tower):
    found = controller_for(tower)
    examination.examine(found)
    tower.tower.accounts.named(SERVICE).use = None
    tower.tower.world.labels[7] = "portal"
    tower.tower.world.credentials[9] = Credential(
        9, "Vault", kind="vault", vault_id="dev", passwords_needed=["vault_password.dev"]
    )
    return found


def names(kind):
    return sorted(TowerObject.objects.filter(kind=kind).values_list("name", flat=True))


def test_only_kinds_that_a_template_asks_for_are_read(tower, controller):
    tower.add_template("Asks for labels", ask=["labels", "limit"])
    tower.clear_requests()

    sync(controller)

    assert names("label") == ["portal"]
    assert names("inventory") == []
    assert not [path for _, path in tower.requests if "inventories" in path or "credentials" in path]


def test_a_credential_is_kept_with_its_type_and_the_names_of_its_passwords(tower, controller):
    tower.add_template("Asks for credentials", ask=["credential"])

    sync_controller(controller.pk)

    vault = TowerObject.objects.get(name="Vault")
    assert (vault.type_name, vault.vault_id, vault.passwords) == ("Vault", "dev", ["vault_password.dev"])
    assert vault.thing.slot == (3, "dev")


def test_what_is_renamed_or_gone_in_tower_follows(tower, controller):
    tower.add_template("Asks for labels", ask=["labels"])
    sync(controller)
    (before,) = TowerObject.objects.all()
    tower.tower.world.labels[7] = "portals"
    sync(controller)
    assert list(TowerObject.objects.values_list("pk", "name")) == [(before.pk, "portals")]

    del tower.tower.world.labels[7]
    sync(controller)

    assert not TowerObject.objects.exists()


def test_a_list_that_fails_changes_nothing(tower, controller):
    tower.add_template("Asks for labels", ask=["labels"])
    sync(controller)
    tower.tower.world.labels[8] = "urgent"
    tower.fault("error_before", on="/labels/")

    assert sync(controller).trouble

    assert names("label") == ["portal"]


def test_no_list_is_read_within_a_transaction(tower, controller, transactional_db, monkeypatch):
    tower.add_template("Asks for all", ask=["labels", "inventory", "credential", "instance_groups"])
    with watched_requests(monkeypatch) as in_transaction:
        sync(controller)

    assert in_transaction
    assert not any(in_transaction)
