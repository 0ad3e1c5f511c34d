"""The Tower that all other tests play with: its jobs, its troubles, its coming and going."""

import threading
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
import requests
from requests.exceptions import ConnectionError as Broken
from requests.exceptions import ReadTimeout

from demo.tower.harness import TowerHarness
from demo.tower.server import Server
from tests.demo.running import until

ANSWERS = {
    "_tenant_shortname": "acme", "_customer_id": "K1", "_epg_name": "web", "_vlan_id": 465, "_epg_fw": "true",
    "_epg_esx": "false", "_epg_baremetal": "false",
}  # fmt: skip


def call(tower: TowerHarness, path: str = "me/", method: str = "GET", **options: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {tower.token}"}
    url = tower.url + (path if path.startswith("/") else f"/api/v2/{path}")
    return requests.request(method, url, headers=headers, timeout=options.pop("timeout", 5), **options)


def launch(tower: TowerHarness, name: str = "Plain no prompts", **options: Any) -> requests.Response:
    template = tower.template(name)
    return call(tower, f"{template['kind']}s/{template['id']}/launch/", "POST", json=options.pop("json", {}), **options)


def test_jobs_stay_pending_until_told(tower: TowerHarness):
    pk = launch(tower, "New_Customer_L2_Setup", json={"extra_vars": ANSWERS}).json()["id"]

    assert [(job["id"], job["status"], job["extra_vars"]) for job in tower.jobs] == [(pk, "pending", ANSWERS)]
    tower.start(pk)
    tower.write(pk, "first\nsecond")
    assert call(tower, f"jobs/{pk}/").json()["status"] == "running"
    assert call(tower, f"jobs/{pk}/stdout/?format=json&start_line=1").json()["content"] == "second\n"
    tower.finish(pk, stdout="third", artifacts={"vlan": 465}, hosts=["leaf-101", {"name": "leaf-102", "failed": 1}])
    ended = call(tower, f"jobs/{pk}/").json()
    assert (ended["status"], ended["artifacts"]) == ("successful", {"vlan": 465})
    assert ended["host_status_counts"] == {"ok": 1, "failures": 1}
    assert call(tower, f"jobs/{pk}/stdout/?format=txt").text == "first\nsecond\nthird\n"


def test_modified_moves_at_the_start_and_not_at_the_end(tower: TowerHarness):
    pk = launch(tower).json()["id"]
    pending = call(tower, f"jobs/{pk}/").json()
    tower.start(pk)
    running = call(tower, f"jobs/{pk}/").json()
    tower.finish(pk)
    ended = call(tower, f"jobs/{pk}/").json()

    assert pending["modified"] < running["modified"] == ended["modified"] < ended["finished"]


def test_a_running_job_goes_on_after_cancel_until_it_has_ended(tower: TowerHarness):
    pk = launch(tower).json()["id"]
    tower.start(pk)
    answer = call(tower, f"jobs/{pk}/cancel/", "POST", json={})
    asked = call(tower, f"jobs/{pk}/").json()
    tower.finish(pk, "canceled")

    assert (answer.status_code, answer.content) == (202, b"")
    assert asked["status"] == "running"
    assert asked["canceled_on"]
    assert call(tower, f"jobs/{pk}/").json()["status"] == "canceled"


def test_a_workflow_runs_its_nodes_one_after_the_other(tower: TowerHarness):
    workflow = launch(tower, "Customer onboarding", json={"extra_vars": ANSWERS}).json()["id"]
    tower.start(workflow)
    prepare = tower.jobs[-1]
    tower.finish(prepare["id"])
    setup = tower.jobs[-1]
    tower.finish(setup["id"])
    nodes = call(tower, f"workflow_jobs/{workflow}/workflow_nodes/?order_by=id").json()["results"]

    assert [prepare["launch_type"], setup["name"]] == ["workflow", "New_Customer_L2_Setup"]
    assert setup["job_extra_vars"]["_vlan_id"] == 465
    assert [(node["identifier"], node["do_not_run"]) for node in nodes] == [
        ("prepare", False), ("setup", False), ("note", True)]  # fmt: skip
    assert call(tower, f"workflow_jobs/{workflow}/").json()["status"] == "successful"


def test_a_workflow_fails_when_nothing_takes_care_of_a_failed_node(tower: TowerHarness):
    workflow = launch(tower, "Customer onboarding", json={"extra_vars": ANSWERS}).json()["id"]
    tower.start(workflow)
    tower.finish(tower.jobs[-1]["id"])
    tower.finish(tower.jobs[-1]["id"], "failed")

    assert call(tower, f"workflow_jobs/{workflow}/").json()["status"] == "failed"


def test_canceling_a_workflow_cancels_its_jobs(tower: TowerHarness):
    workflow = launch(tower, "Customer onboarding", json={"extra_vars": ANSWERS}).json()["id"]
    tower.start(workflow)
    call(tower, f"workflow_jobs/{workflow}/cancel/", "POST", json={})

    assert [job["status"] for job in tower.jobs] == ["canceled", "canceled"]


def test_a_password_is_kept_sealed_and_shown_masked(tower: TowerHarness):
    survey = [{"variable": "pw", "question_name": "P", "type": "password", "required": True}]
    tower.add_template("With a password", survey)
    pk = launch(tower, "With a password", json={"extra_vars": {"pw": "hunter2 %&"}}).json()["id"]
    data = b"".join(path.read_bytes() for path in tower.tower.folder.iterdir())

    assert tower.jobs[0]["extra_vars"] == {"pw": "hunter2 %&"}
    assert call(tower, f"jobs/{pk}/").json()["extra_vars"] == '{"pw": "$encrypted$"}'
    assert b"hunter2" not in data


@pytest.mark.parametrize(("kind", "acted"), [("error_after", True), ("error_before", False), ("bad_gateway", False)])
def test_trouble_with_a_5xx_answer(tower: TowerHarness, kind: str, acted: bool):
    tower.fault(kind)

    struck, after = launch(tower), launch(tower)

    assert struck.status_code == (502 if kind == "bad_gateway" else 500)
    assert struck.headers["Content-Type"].startswith("text/html")
    assert after.status_code == 201
    assert len(tower.jobs) == 1 + acted


@pytest.mark.parametrize(("kind", "acted"), [("drop_after", True), ("drop_before", False)])
def test_trouble_without_an_answer(tower: TowerHarness, kind: str, acted: bool):
    tower.fault(kind)

    with pytest.raises(Broken):
        launch(tower)

    assert len(tower.jobs) == acted


def test_trouble_with_a_readable_answer(tower: TowerHarness):
    tower.fault("throttle", on="any", retry_after=7)
    throttled = call(tower)
    tower.fault("html", on="/me/")
    page = call(tower)
    tower.fault("unreadable")
    cut = launch(tower)
    tower.fault("refuse_echo")
    echo = launch(tower, json={"extra_vars": {"pw": "hunter2"}})

    assert (throttled.status_code, throttled.headers["Retry-After"]) == (429, "7")
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert cut.status_code == 201
    with pytest.raises(requests.JSONDecodeError):
        cut.json()
    assert (echo.status_code, "hunter2" in echo.text) == (400, True)
    assert len(tower.jobs) == 1


def test_a_late_answer_is_an_answer(tower: TowerHarness):
    tower.fault("delay", seconds=0.5)

    with pytest.raises(ReadTimeout):
        launch(tower, timeout=0.1)

    until(lambda: tower.jobs, bool, 5)


def test_it_goes_away_and_comes_back_as_it_was(tower: TowerHarness):
    launch(tower)
    url = tower.url
    tower.down()
    with pytest.raises(Broken):
        call(tower)
    tower.up()

    assert tower.url == url
    assert call(tower, "jobs/").json()["count"] == 1


def test_while_it_hangs_nothing_is_answered_and_afterwards_everything(tower: TowerHarness):
    tower.hang()
    with pytest.raises(ReadTimeout):
        launch(tower, timeout=0.2)
    waiting: list[int] = []
    thread = threading.Thread(target=lambda: waiting.append(call(tower).status_code))
    thread.start()
    assert tower.jobs == []
    tower.unhang()
    thread.join(timeout=5)

    assert waiting == [200]
    until(lambda: tower.jobs, bool, 5)


def test_it_can_forget_who_has_gone_while_it_hung(tower: TowerHarness):
    tower.hang(forget=True)
    with pytest.raises(ReadTimeout):
        launch(tower, timeout=0.2)
    tower.unhang()

    assert launch(tower).status_code == 201
    assert len(tower.jobs) == 1


def test_connections_stay_open(tower: TowerHarness):
    connection = HTTPConnection("127.0.0.1", tower.server.port, timeout=5)
    sockets = []
    for _ in range(3):
        connection.request("GET", "/api/v2/ping/")
        connection.getresponse().read()
        sockets.append(connection.sock)
    connection.close()

    assert sockets[0] is not None
    assert sockets == [sockets[0]] * 3


def test_links_come_back_in_the_prefix_of_the_request(tower: TowerHarness):
    pk = launch(tower).json()["id"]
    answer = call(tower, "/api/controller/v2/unified_jobs/?page_size=1").json()
    tower.serve_only("/api/controller")

    assert answer["results"][0]["url"] == f"/api/controller/v2/jobs/{pk}/"
    assert call(tower, "/api/v2/ping/").status_code == 404
    assert call(tower, "/api/controller/v2/ping/").status_code == 200


def test_templates_come_and_go(tower: TowerHarness):
    pk = tower.add_template("A new one", [{"variable": "a", "question_name": "A", "type": "text", "required": True}])
    names = [row["name"] for row in call(tower, "unified_job_templates/").json()["results"]]
    job = launch(tower, "A new one", json={"extra_vars": {"a": "b"}}).json()["id"]
    tower.remove_template(pk)

    assert "A new one" in names
    assert "Not for the portal" not in names
    assert call(tower, f"job_templates/{pk}/").status_code == 404
    assert call(tower, f"jobs/{job}/").status_code == 403


def test_a_read_token_reads_only(tower: TowerHarness):
    headers = {"Authorization": f"Bearer {tower.read_token}"}
    row = requests.get(f"{tower.url}/api/v2/job_templates/", headers=headers, timeout=5).json()["results"][0]

    assert not any(row["summary_fields"]["user_capabilities"].values())


def test_it_remembers_what_was_asked(tower: TowerHarness):
    call(tower, "jobs/?page_size=1")

    assert tower.requests == [("GET", "/api/v2/jobs/?page_size=1")]


def test_a_reset_makes_it_new(tower: TowerHarness):
    launch(tower)
    token = tower.token
    tower.fault("bad_gateway", on="any", times=0)
    tower.down()
    tower.reset()

    assert tower.jobs == []
    assert tower.token != token
    assert call(tower).status_code == 200


def test_no_other_address_than_loopback_is_served():
    with pytest.raises(ValueError, match="loopback"):
        Server(lambda *_: [], "0.0.0.0")


def test_its_files_are_private(tower: TowerHarness):
    folder: Path = tower.tower.folder

    assert folder.stat().st_mode & 0o077 == 0
    assert {path.stat().st_mode & 0o077 for path in folder.iterdir()} == {0}


def test_a_request_that_hung_does_not_reach_the_next_test(tower: TowerHarness):
    tower.hang()
    with pytest.raises(ReadTimeout):
        launch(tower, timeout=0.2)
    tower.fault("delay", seconds=30)
    tower.reset()

    assert tower.jobs == []
    assert call(tower).status_code == 200
    assert tower.requests == [("GET", "/api/v2/me/")]
