"""The launcher names what is in its way, and leaves no process behind."""

import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.launcher.errors import DemoError
from demo.launcher.place import need_free_ports, prepare
from demo.launcher.plan import ROOT, Plan
from demo.launcher.steps import Step
from tests.processes import poll


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield int(listener.getsockname()[1])


def free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1]), int(other.getsockname()[1])


@pytest.mark.parametrize("variable", ["PORTAL_PORT", "DEMO_TOWER_PORT"])
def test_a_port_that_is_taken_is_named_with_the_variable_that_changes_it(taken_port, tmp_path, variable):
    ports = dict(zip(["PORTAL_PORT", "DEMO_TOWER_PORT"], map(str, free_ports()), strict=True))
    environment = os.environ | ports | {variable: str(taken_port), "DEMO_DIR": str(tmp_path / "demo")}
    ran = subprocess.run(
        [sys.executable, "-m", "demo"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )
    assert ran.returncode == 1
    assert f"Port {taken_port}" in ran.stderr
    assert f"{variable}=" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_what_is_no_port_is_refused_by_name():
    with pytest.raises(DemoError, match="PORTAL_PORT is 'eighty'"):
        Plan.from_environment({"PORTAL_PORT": "eighty"})


def test_the_two_ports_must_differ(tmp_path):
    port, _ = free_ports()
    with pytest.raises(DemoError, match="both"):
        need_free_ports(Plan(tmp_path, port, port))


def test_what_the_demo_keeps_is_private_and_its_secrets_are_made_once(tmp_path):
    plan = Plan(tmp_path / "demo")
    umask = os.umask(0o022)
    try:
        os.close(prepare(plan))
        files = [path for path in plan.folder.rglob("*") if path.is_file()]
        made = {path: path.read_bytes() for path in files}
        os.close(prepare(plan))
    finally:
        os.umask(umask)
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in plan.folders()} == {0o700}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert {path: path.read_bytes() for path in files} == made


def test_one_folder_serves_one_demo_at_a_time(tmp_path, monkeypatch):
    monkeypatch.setattr("demo.launcher.place.LOCK_SECONDS", 0.0)
    umask = os.umask(0o077)
    lock = prepare(Plan(tmp_path))
    try:
        with pytest.raises(DemoError, match="already running"):
            prepare(Plan(tmp_path))
    finally:
        os.close(lock)
        os.umask(umask)


def test_a_long_path_still_gets_a_socket_that_fits(tmp_path):
    assert Plan(tmp_path).socket.is_relative_to(tmp_path)
    assert len(os.fsencode(Plan(tmp_path / ("long" * 30)).socket)) <= 100


def test_nothing_from_outside_stands_beside_a_setting_of_the_demo(tmp_path):
    outside = {"TOWER_TOKEN": "theirs", "DATABASE_URL_FILE": "/theirs", "PORTAL_LOG_LEVEL": "DEBUG"}
    environment = Plan(tmp_path).environment(outside, mark="one")
    assert "TOWER_TOKEN" not in environment
    assert "DATABASE_URL_FILE" not in environment
    assert environment["PORTAL_LOG_LEVEL"] == "DEBUG"


def test_a_step_is_taken_again_only_when_what_it_depends_on_has_changed(tmp_path):
    step = Step("migrate", "Making the database", (), digest="one")
    assert step.needed(tmp_path)
    step.done(tmp_path)
    assert not step.needed(tmp_path)
    assert Step("migrate", "Making the database", (), digest="two").needed(tmp_path)


class StandIn:
    """The launcher in small, as a process."""

    def __init__(self, folder: Path, *manner: str) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.demo.stand_in", str(folder), *manner],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.family = [int(pid) for pid in poll(lambda: self._read("pids"), what="the stand-in starts").split()]
        self.bystander = int(poll(lambda: self._read("bystander"), what="the bystander starts"))

    def _read(self, name: str) -> str:
        return (self.folder / name).read_text() if (self.folder / name).exists() else ""

    def is_gone(self) -> bool:
        return not any(alive(pid) for pid in self.family)


@pytest.fixture
def stand_in(tmp_path: Path) -> Iterator[StandIn]:
    started = StandIn(tmp_path)
    yield started
    for pid in [started.process.pid, started.bystander, *started.family]:
        if alive(pid):
            os.kill(pid, signal.SIGKILL)
    started.process.communicate()


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and was not yet waited for does not."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except ProcessLookupError:
        return False
    except FileNotFoundError:  # it ended in between, or there is no /proc here
        return not Path("/proc").is_dir()


def test_a_killed_launcher_leaves_no_process_behind(stand_in):
    assert all(alive(pid) for pid in stand_in.family)
    stand_in.process.kill()
    poll(stand_in.is_gone, what="child and grandchild end", seconds=20)
    assert alive(stand_in.bystander)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_launcher_told_to_stop_ends_everything_and_succeeds(stand_in, number):
    stand_in.process.send_signal(number)
    assert stand_in.process.wait(timeout=20) == 0
    assert stand_in.is_gone()
    assert alive(stand_in.bystander)


def test_a_child_that_ends_is_named_with_its_log_and_ends_all(tmp_path):
    started = StandIn(tmp_path, "brief")
    _, errors = started.process.communicate(timeout=20)
    os.kill(started.bystander, signal.SIGKILL)
    assert started.process.returncode == 1
    assert "child ended unexpectedly (exit code 3)" in errors
    assert str(tmp_path / "child.log") in errors
    assert "the last words of the child" in errors
    assert started.is_gone()
