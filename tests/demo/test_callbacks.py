"""Provisioning callbacks of the demo Tower: a new machine calls, and its template runs on it alone."""

from typing import Any

import pytest
import requests

from demo.tower.harness import TowerHarness
from demo.tower.world import Host

KEY = "cb-key-0002"


@pytest.fixture
def template(tower: TowerHarness) -> int:
    tower.tower.world.inventories[1].hosts.append(Host(99, "new-leaf", variables={"ansible_host": "127.0.0.1"}))
    return tower.add_template("Provisioning", host_config_key=KEY)


def post(tower: TowerHarness, pk: int, **options: Any) -> requests.Response:
    options = options or {"json": {"host_config_key": KEY}}
    return requests.post(f"{tower.url}/api/v2/job_templates/{pk}/callback/", timeout=5, **options)


def test_a_machine_that_calls_gets_a_job_for_itself(tower: TowerHarness, template: int):
    answer = post(tower, template)

    job = tower.jobs[0]
    assert (answer.status_code, answer.content) == (201, b"")
    assert answer.headers["Location"] == f"/api/v2/jobs/{job['id']}/"
    assert (job["launch_type"], job["limit"]) == ("callback", "new-leaf")
    shown = requests.get(
        tower.url + answer.headers["Location"], headers={"Authorization": f"Bearer {tower.token}"}, timeout=5
    ).json()
    assert shown["launched_by"] == {}


def test_a_form_will_do_and_brings_no_variables(tower: TowerHarness, template: int):
    tower.tower.world.templates[template].asks.clear()
    form = {"host_config_key": KEY, "extra_vars": '{"a": 1}'}

    assert post(tower, template, data=form).status_code == 201
    assert tower.jobs[0]["job_extra_vars"] == {}


def test_variables_are_taken_where_the_template_asks_but_not_those_that_steer_ansible(
    tower: TowerHarness, template: int
):
    tower.tower.world.templates[template].asks.add("variables")
    sent = {"role": "leaf", "ansible_connection": "ssh"}

    assert post(tower, template, json={"host_config_key": KEY, "extra_vars": sent}).status_code == 201
    assert tower.jobs[0]["job_extra_vars"] == {"role": "leaf"}


@pytest.mark.parametrize("key", ["", "wrong", None])
def test_without_the_key_nothing_happens(tower: TowerHarness, template: int, key: str | None):
    plain = tower.template("Plain no prompts")["id"]

    assert post(tower, template, json={"host_config_key": key}).status_code == 403
    assert post(tower, plain, json={"host_config_key": key}).status_code == 403
    assert tower.jobs == []


def test_a_machine_that_nobody_knows_gets_no_job(tower: TowerHarness, template: int):
    tower.tower.world.inventories[1].hosts.pop()

    assert post(tower, template).json() == {"msg": "No matching host could be found!"}


def test_two_hosts_of_one_address_get_no_job(tower: TowerHarness, template: int):
    tower.tower.world.inventories[1].hosts.append(Host(98, "127.0.0.1"))

    assert post(tower, template).json() == {"msg": "Multiple hosts matched the request!"}


def test_without_an_inventory_there_is_no_job(tower: TowerHarness, template: int):
    tower.tower.world.templates[template].values["inventory"] = None

    assert post(tower, template).json() == {"msg": "Cannot start automatically, an inventory is required."}


def test_what_somebody_must_answer_stands_in_the_way(tower: TowerHarness, template: int):
    tower.set_survey(template, [{"variable": "who", "question_name": "W", "type": "text", "required": True}])
    told = {"host_config_key": KEY, "extra_vars": {"who": "me"}}

    refused = post(tower, template)

    assert (refused.status_code, refused.json()) == (400, {"msg": "Cannot start automatically, user input required!"})
    assert post(tower, template, json=told).status_code == 201


def test_a_machine_has_one_job_at_a_time(tower: TowerHarness, template: int):
    post(tower, template)
    again = post(tower, template)
    tower.finish(tower.jobs[0]["id"])

    assert (again.status_code, again.json()) == (400, {"msg": "Host callback job already pending."})
    assert post(tower, template).status_code == 201
