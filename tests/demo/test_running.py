"""Real playbooks, run by the demo Tower."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from demo.tower import scheduler
from tests.demo.running import Client, sleeping, tower_that_runs, until

CODE = "{{ lookup('pipe', 'id') }}"
SECRET = 'hunter2 "quoted" é'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("running") / "data"


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[Client]:
    with tower_that_runs(folder) as found:
        yield found


@pytest.fixture(scope="module")
def told(client: Client) -> dict[str, Any]:
    """A job that was told code and a secret, ended."""
    return dict(client.ended(client.launch("Tell", said=CODE, secret=SECRET)))


def test_an_answer_that_looks_like_code_is_printed_and_never_evaluated(client: Client, told: dict[str, Any]):
    assert told["status"] == "successful", client.text(told["id"])
    assert CODE in client.text(told["id"])
    assert "{{ 6 * 7 }}" in client.text(told["id"])
    assert "uid=" not in client.text(told["id"])
    assert json.loads(told["extra_vars"])["said"] == CODE


def test_results_come_from_the_playbook(client: Client, told: dict[str, Any]):
    summaries = client.get(f"jobs/{told['id']}/job_host_summaries/")["results"]

    assert told["artifacts"]["said"] == CODE
    assert told["host_status_counts"] == {"ok": 2}
    assert told["playbook_counts"] == {"play_count": 1, "task_count": 3}
    assert told["event_processing_finished"] is True
    assert {one["host_name"]: one["ok"] for one in summaries} == {"leaf-101": 3, "leaf-102": 2}


def test_events_hold_the_output_line_by_line(client: Client, told: dict[str, Any]):
    events = client.get(f"jobs/{told['id']}/job_events/?order_by=counter&page_size=200")["results"]
    output = client.get(f"jobs/{told['id']}/stdout/?format=json")

    assert [event["counter"] for event in events] == list(range(1, len(events) + 1))
    assert {"playbook_on_start", "playbook_on_play_start", "runner_on_ok", "playbook_on_stats"} <= {
        event["event"] for event in events
    }
    assert max(event["end_line"] for event in events) == output["range"]["absolute_end"]
    assert output["content"].count("\n") == output["range"]["end"]
    assert "\x1b[0;32m" in output["content"]


def test_what_a_task_hides_stays_hidden(client: Client, told: dict[str, Any]):
    text = json.dumps(client.get(f"jobs/{told['id']}/job_events/?page_size=200"))

    assert f"hidden {CODE}" not in text
    assert "no_log" in text


def test_a_survey_password_is_nowhere_in_clear(client: Client, told: dict[str, Any], folder: Path):
    spelled = [SECRET, json.dumps(SECRET)[1:-1], json.dumps(json.dumps(SECRET)[1:-1])[1:-1], quote(SECRET), "hunter2"]
    seen = client.text(told["id"]) + json.dumps(told)
    seen += json.dumps(client.get(f"jobs/{told['id']}/job_events/?page_size=200&no_truncate=1"))
    kept = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())

    assert told["artifacts"]["told"] == "$encrypted$"
    assert json.loads(told["extra_vars"])["secret"] == "$encrypted$"
    for one in spelled:
        assert one not in seen
        assert one.encode() not in kept


def test_the_run_s_folder_is_private_and_gone_afterwards(client: Client, folder: Path):
    job = client.launch("Slow")
    running = client.wait(job, lambda seen: seen["job_cwd"])
    place = Path(running["job_cwd"]).parent

    modes = {path: path.stat().st_mode & 0o077 for path in (place, place.parent, place / "env" / "extravars")}
    client.post(f"jobs/{job}/cancel/")
    client.ended(job)

    assert set(modes.values()) == {0}
    assert not place.is_relative_to(folder)
    assert not place.exists()


def test_output_comes_while_it_runs_and_cancel_ends_all_its_processes(client: Client, folder: Path):
    job = client.launch("Slow")
    until(lambda: client.text(job), lambda text: "begun" in text)
    until(lambda: sleeping(folder), bool)
    during = client.get(f"jobs/{job}/")

    assert client.post(f"jobs/{job}/cancel/").status_code == 202
    ended = client.ended(job)

    assert during["status"] == "running"
    assert ended["status"] == "canceled"
    assert ended["failed"] is True
    assert ended["canceled_on"]
    assert ended["modified"] == during["modified"]
    until(lambda: sleeping(folder), lambda found: not found, 10)


def test_two_run_at_once_and_the_third_waits(client: Client):
    jobs = [client.launch("Slow") for _ in range(3)]
    until(lambda: [client.get(f"jobs/{job}/")["status"] for job in jobs], lambda seen: seen[:2] == ["running"] * 2)

    third = client.get(f"jobs/{jobs[2]}/")
    for job in reversed(jobs):
        client.post(f"jobs/{job}/cancel/")
    ended = [client.ended(job)["status"] for job in jobs]

    assert third["status"] == "pending"
    assert ended == ["canceled"] * 3


def test_a_serial_template_runs_one_job_after_the_other(client: Client):
    first, second = client.launch("One at a time"), client.launch("One at a time")
    client.wait(first, lambda job: job["status"] == "running")

    waiting = client.get(f"jobs/{second}/")["status"]
    client.post(f"jobs/{first}/cancel/")
    client.wait(second, lambda job: job["status"] == "running")
    client.post(f"jobs/{second}/cancel/")
    client.ended(second)

    assert waiting == "pending"


def test_a_failed_node_leads_to_the_node_that_takes_care_of_it(client: Client):
    workflow = client.launch("Broken then told", said="it went wrong")

    ended = client.ended(workflow, kind="workflow_jobs")
    nodes = client.get(f"workflow_jobs/{workflow}/workflow_nodes/?order_by=id")["results"]
    jobs = [client.get(f"jobs/{node['job']}/") for node in nodes]

    assert [job["status"] for job in jobs] == ["failed", "successful"]
    assert jobs[0]["host_status_counts"] == {"failures": 2}
    assert "VLAN 465 is already in use on leaf-101" in client.text(jobs[0]["id"])
    assert "it went wrong" in client.text(jobs[1]["id"])
    assert ended["status"] == "successful"


def test_a_job_that_takes_too_long_fails_and_says_so(client: Client):
    ended = client.ended(client.launch("Limited in time"))

    assert ended["status"] == "failed"
    assert ended["job_explanation"] == "Job terminated due to timeout"


def test_a_playbook_that_is_not_there_fails_with_ansible_s_own_words(client: Client):
    job = client.ended(client.launch("No such playbook"))

    assert job["status"] == "failed"
    assert "gone.yml could not be found" in client.text(job["id"])


def test_nothing_of_our_environment_reaches_a_playbook(client: Client, told: dict[str, Any]):
    ours = {name for name in os.environ if name.startswith(("PORTAL_", "TOWER_", "DJANGO_"))}

    assert not ours & told["job_env"].keys()
    assert told["job_env"]["HOME"].startswith(told["job_cwd"].removesuffix("project"))


def test_a_job_that_waits_long_says_for_what(client: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(scheduler, "EXPLAINED_AFTER", 0.0)
    first, second = client.launch("One at a time"), client.launch("One at a time")
    others = [client.launch("Slow"), client.launch("Slow")]

    serial = client.wait(second, lambda job: job["job_explanation"])
    crowded = client.wait(others[1], lambda job: job["job_explanation"])
    for job in (second, others[1], others[0], first):
        client.post(f"jobs/{job}/cancel/")
        client.ended(job)

    assert serial["job_explanation"] == f"waiting for job-{first} to finish"
    assert "not enough available capacity" in crowded["job_explanation"]


def test_a_job_whose_project_is_gone_is_an_error_with_a_traceback(client: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(client.tower.world, "project_folder", Path("/nowhere"))
    job = client.ended(client.launch("Slow"))

    assert (job["status"], job["started"]) == ("error", None)
    assert "FileNotFoundError" in job["result_traceback"]
