"""What there is to choose from at launch, as Tower lists it. The credential is recorded."""

import pytest

from portal.tower.auth import BearerToken
from portal.tower.client import Tower
from portal.tower.errors import Uncertain
from portal.tower.objects import LISTS, ObjectRecord
from tests.tower.rawserver import RawServer, answer, says

MACHINE = {
    "id": 3, "type": "credential", "name": "Fabric machine", "credential_type": 1, "kind": "ssh",
    "summary_fields": {"credential_type": {"id": 1, "name": "Machine", "description": ""}},
    "inputs": {"password": "$encrypted$", "username": "netops"},
}  # fmt: skip


def page(*rows):
    return answer(200, {"count": len(rows), "next": None, "previous": None, "results": rows})


def listed(kind, *answers):
    """The objects, and the path of each question."""
    with RawServer(says(*answers)) as server:
        tower = Tower(server.url, BearerToken("x"), base="/api/v2/", connect_timeout=10, read_timeout=10)
        return tower.objects(kind), server.paths


def test_only_what_our_account_may_use_is_asked_for():
    (found,), (path,) = listed("credential", page(MACHINE))

    assert found == ObjectRecord(3, "Fabric machine", 1, "Machine")
    assert path == "/api/v2/credentials/?order_by=id&page_size=200&role_level=use_role"


@pytest.mark.parametrize("kind", ["label", "execution_environment"])
def test_what_has_no_role_to_use_it_is_listed_whole(kind):
    _, (path,) = listed(kind, page())

    assert path == f"/api/v2/{LISTS[kind][0]}?order_by=id&page_size=200"


def test_a_tower_whose_instance_groups_have_no_roles_is_asked_for_all():
    refused = answer(400, {"detail": "role_level is not a field of InstanceGroup"})
    found, paths = listed("instance_group", refused, page({"id": 2, "name": "default"}))

    assert [one.name for one in found] == ["default"]
    assert len(paths) == 2
    assert "role_level" not in paths[1]


@pytest.mark.parametrize(
    ("kind", "inputs", "passwords"),
    [
        ("ssh", {"password": "ASK"}, ("ssh_password",)),
        ("ssh", {"password": "ASK", "become_password": "ASK", "ssh_key_unlock": "ASK"},
         ("ssh_password", "become_password", "ssh_key_unlock")),
        ("ssh", {"password": "$encrypted$", "become_password": ""}, ()),
        ("vault", {"vault_password": "ASK"}, ("vault_password",)),
        ("vault", {"vault_password": "ASK", "vault_id": "dev"}, ("vault_password.dev",)),
        ("vault", {"vault_password": "$encrypted$", "vault_id": "dev"}, ()),
        ("aws", {"password": "ASK"}, ()),
        ("ssh", None, ()),
    ],
)  # fmt: skip
def test_a_credential_tells_the_passwords_it_wants_at_launch(kind, inputs, passwords):
    assert ObjectRecord.from_json(MACHINE | {"kind": kind, "inputs": inputs}).passwords == passwords


@pytest.mark.parametrize("number", [None, "3", True, 0])
def test_an_object_without_a_usable_id_is_no_answer(number):
    with pytest.raises(Uncertain):
        listed("label", page({"id": number, "name": "x"}))
