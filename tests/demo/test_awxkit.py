"""A client that was not written for this server: awxkit's command line."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.demo.running import Client, tower_that_runs


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with tower_that_runs(tmp_path_factory.mktemp("awxkit") / "data") as found:
        yield found


def awx(client: Client, home: Path, *arguments: str) -> str:
    """What the command prints. Fails when it fails."""
    token = str(client._session.headers["Authorization"]).removeprefix("Bearer ")
    environment = {"TOWER_HOST": client._url, "TOWER_OAUTH_TOKEN": token, "HOME": str(home), "PATH": os.defpath}
    command = [str(Path(sys.executable).with_name("awx")), "--conf.color", "f", "-f", "json", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_lists_launches_and_monitors_a_job(client: Client, tmp_path: Path):
    listed = json.loads(awx(client, tmp_path, "job_templates", "list"))
    answers = json.dumps({"said": "by a foreign client"})

    printed = awx(client, tmp_path, "job_templates", "launch", "Tell", "--extra_vars", answers, "--monitor")

    assert "Tell" in [row["name"] for row in listed["results"]]
    assert "by a foreign client" in printed
    assert client.get("jobs/?order_by=-id")["results"][0]["status"] == "successful"


def test_it_sees_a_job_fail(client: Client, tmp_path: Path):
    job = client.ended(client.launch("Broken"))

    printed = json.loads(awx(client, tmp_path, "jobs", "get", str(job["id"])))

    assert printed["status"] == "failed"
