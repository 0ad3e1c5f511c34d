"""What an administrator does to the demo Tower, as a portal meets its traces."""

from typing import Any

import requests

from demo.tower.harness import TowerHarness


def call(tower: TowerHarness, method: str, path: str, body: Any = None, token: str = "") -> requests.Response:
    headers = {"Authorization": f"Bearer {token or tower.admin_token}"}
    return requests.request(method, f"{tower.url}/api/v2/{path}", headers=headers, json=body, timeout=5)


def test_a_template_made_over_the_api_can_be_launched(tower: TowerHarness):
    body = {"name": "New", "inventory": 1, "project": 1, "playbook": "new.yml", "ask_limit_on_launch": True}
    made = call(tower, "POST", "job_templates/", body).json()
    launched = call(tower, "POST", f"job_templates/{made['id']}/launch/", {"limit": "leaf-101"})

    assert (made["playbook"], made["inventory"], made["ask_limit_on_launch"]) == ("new.yml", 1, True)
    assert launched.status_code == 201
    assert tower.jobs[0]["limit"] == "leaf-101"


def test_a_name_that_is_taken_is_refused(tower: TowerHarness):
    body = {"name": "Fabric A", "organization": 2}

    refused = call(tower, "POST", "inventories/", body)

    assert refused.json() == {"__all__": ["Inventory with this Name and Organization already exists."]}


def test_others_than_administrators_make_and_delete_nothing(tower: TowerHarness):
    for path in ("inventories/", "credentials/", "users/", "job_templates/", "hosts/"):
        assert call(tower, "POST", path, {"name": "mine"}, tower.token).status_code == 403, path
    assert call(tower, "DELETE", "inventories/1/", token=tower.token).status_code == 403
    assert call(tower, "DELETE", "hosts/1/", token=tower.token).status_code == 403


def test_a_template_whose_inventory_is_deleted_cannot_be_launched(tower: TowerHarness):
    template = tower.template("Plain no prompts")["id"]
    gone = call(tower, "DELETE", "inventories/1/")
    refused = call(tower, "POST", f"job_templates/{template}/launch/", {}, tower.token)

    assert (gone.status_code, gone.content) == (202, b"")
    assert refused.json() == {"resources_needed_to_start": ["Job Template inventory is missing or undefined."]}


def test_a_new_user_signs_in_and_sees_nothing(tower: TowerHarness):
    call(tower, "POST", "users/", {"username": "newcomer", "password": "a long one"})
    me = requests.get(f"{tower.url}/api/v2/me/", auth=("newcomer", "a long one"), timeout=5)
    templates = requests.get(f"{tower.url}/api/v2/job_templates/", auth=("newcomer", "a long one"), timeout=5)

    assert me.json()["results"][0]["username"] == "newcomer"
    assert templates.json()["count"] == 0


def test_a_second_credential_of_one_kind_is_refused(tower: TowerHarness):
    template = tower.template("New_Customer_L2_Setup")["id"]
    body = {"name": "Other", "credential_type": 1, "inputs": {"username": "netops", "password": "hunter2"}}
    made = call(tower, "POST", "credentials/", body).json()
    refused = call(tower, "POST", f"job_templates/{template}/credentials/", {"id": made["id"]})

    assert made["inputs"] == {"username": "netops", "password": "$encrypted$"}
    assert refused.json() == {"error": "Cannot assign multiple Machine credentials."}
