"""python -m demo.tower as a process of its own: its start, its secrets, its end, and a crash in between."""

import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from demo.tower import runfolder
from tests.demo.running import PLAYS, Client, sleeping, until

ROOT = Path(__file__).parents[2]


class Process:
    """The demo Tower in a folder; it can be started again."""

    def __init__(self, data: Path) -> None:
        self.data, self.lines = data, ""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def command(self, *more: str) -> list[str]:
        here = [sys.executable, "-m", "demo.tower", "--port", str(self.port), "--data", str(self.data)]
        return [*here, "--catalog", str(PLAYS), *more]

    def start(self, *more: str) -> Client:
        self.log = (self.data.parent / "tower.log").open("ab")
        self.running = subprocess.Popen(
            self.command(*more), cwd=ROOT, stdout=subprocess.PIPE, stderr=self.log, text=True
        )
        assert self.running.stdout is not None
        self.lines = self.running.stdout.readline()
        return Client(self.url, (self.data / "portal-token").read_text().strip())

    def end(self, how: signal.Signals) -> int:
        """Signal it, and wait for its end: its exit status."""
        self.running.send_signal(how)
        assert self.running.stdout is not None
        with self.running, self.log:
            return self.running.wait(timeout=10)


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    found = Process(tmp_path / "data")
    yield found
    if found.running.poll() is None:
        found.end(signal.SIGTERM)
    shutil.rmtree(runfolder.root(found.data), ignore_errors=True)


def test_it_plays_the_generation_that_is_asked_for(process: Process):
    process.start("--generation", "tower-3.2").close()
    signed_in = requests.post(
        f"{process.url}/api/v1/authtoken/",
        json={"username": "portal-svc", "password": (process.data / "portal-password").read_text().strip()},
        timeout=10,
    )

    assert signed_in.json()["token"]
    assert requests.get(f"{process.url}/api/v2/ping/", timeout=10).status_code == 404


def test_it_says_where_it_is_and_keeps_its_secrets_to_itself(process: Process):
    client = process.start()
    me = client.get("me/")["results"][0]
    client.close()
    process.end(signal.SIGTERM)

    log = (process.data.parent / "tower.log").read_text()
    secrets = [(process.data / name).read_text().strip() for name in ("portal-token", "fault-secret", "admin-password")]
    kept = (process.data / "tower.sqlite3").read_bytes()

    assert process.lines.startswith(f"Tower ready: {process.url}")
    assert me["username"] == "portal-svc"
    assert process.data.stat().st_mode & 0o077 == 0
    assert {path.stat().st_mode & 0o077 for path in process.data.iterdir()} == {0}
    for secret in secrets:
        assert secret not in log + process.lines
        assert secret.encode() not in kept


def test_tokens_and_templates_are_the_same_after_a_restart(process: Process):
    client = process.start()
    before = [(row["id"], row["name"]) for row in client.get("unified_job_templates/")["results"]]
    uuid = client.get("ping/")["install_uuid"]
    client.close()
    process.end(signal.SIGTERM)

    client = process.start()
    after = [(row["id"], row["name"]) for row in client.get("unified_job_templates/")["results"]]

    assert after == before
    assert client.get("ping/")["install_uuid"] == uuid
    client.close()


def test_it_listens_on_loopback_only(process: Process):
    refused = subprocess.run(
        process.command("--host", "0.0.0.0"), cwd=ROOT, capture_output=True, text=True, timeout=20, check=False
    )
    process.start().close()

    assert refused.returncode == 1
    assert "loopback" in refused.stderr


def test_a_port_that_is_taken_is_named(process: Process):
    process.start().close()

    second = subprocess.run(process.command(), cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)

    assert second.returncode == 1
    assert str(process.port) in second.stderr
    assert "Traceback" not in second.stderr


def test_sigterm_ends_it_quickly_with_the_playbooks_it_runs(process: Process):
    client = process.start()
    job = client.launch("Slow")
    until(lambda: sleeping(process.data), bool)
    client.close()

    began = time.monotonic()
    status = process.end(signal.SIGTERM)
    took = time.monotonic() - began
    left = sleeping(process.data)
    client = process.start()
    ended = client.get(f"jobs/{job}/")
    client.close()

    assert status == 0
    assert took < 5
    assert left == []
    assert (ended["status"], ended["job_explanation"]) == (
        "failed",
        "Task was canceled due to receiving a shutdown signal.",
    )


def test_after_a_crash_the_running_job_has_failed_and_the_pending_one_runs(process: Process):
    client = process.start()
    running, pending = client.launch("One at a time"), client.launch("One at a time")
    place = Path(client.wait(running, lambda job: job["job_cwd"])["job_cwd"])
    client.close()
    process.end(signal.SIGKILL)

    client = process.start()
    lost = client.get(f"jobs/{running}/")
    client.wait(pending, lambda job: job["status"] == "running")
    client.close()

    assert lost["status"] == "failed"
    assert lost["job_explanation"].startswith("Task was marked as running at system start up.")
    assert not place.exists()


def test_a_crash_leaves_no_playbook_behind(process: Process):
    client = process.start()
    client.launch("Slow")
    until(lambda: sleeping(process.data), bool)
    client.close()
    place = runfolder.root(process.data)

    process.end(signal.SIGKILL)

    until(lambda: sleeping(process.data) or [*place.iterdir()], lambda found: not found, 10)


def test_faults_need_the_secret(process: Process):
    process.start().close()
    secret = (process.data / "fault-secret").read_text().strip()
    fault = {"kind": "bad_gateway", "on": "any", "times": 1}

    refused = requests.post(f"{process.url}/demo/faults/", json=fault, timeout=5).status_code
    usual = requests.get(f"{process.url}/api/v2/ping/", timeout=5).status_code
    taken = requests.post(f"{process.url}/demo/faults/", json=fault, headers={"X-Fault-Secret": secret}, timeout=5)
    struck = requests.get(f"{process.url}/api/v2/ping/", timeout=5).status_code

    assert (refused, usual, taken.status_code, struck) == (403, 200, 204, 502)


def test_it_goes_away_for_a_while_when_asked_with_the_secret(process: Process):
    process.start().close()
    headers = {"X-Fault-Secret": (process.data / "fault-secret").read_text().strip()}

    def ping() -> int:
        try:
            return requests.get(f"{process.url}/api/v2/ping/", timeout=5).status_code
        except requests.ConnectionError:
            return 0

    away = requests.post(f"{process.url}/demo/away/", json={"seconds": 1}, headers=headers, timeout=5)

    assert away.status_code == 204
    until(ping, lambda status: status == 0, 5)
    until(ping, lambda status: status == 200, 10)
