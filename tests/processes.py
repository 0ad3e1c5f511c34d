"""Real processes for tests: started in a group of their own, logged to a file, waited for with a deadline, stopped."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import requests

ROOT = Path(__file__).resolve().parents[1]
PYTHON = sys.executable
Found = TypeVar("Found")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def poll(ask: Callable[[], Found], *, what: str, seconds: float = 30.0, every: float = 0.1) -> Found:
    """What `ask` returns, as soon as it is true. Raises TimeoutError naming `what`."""
    deadline = time.monotonic() + seconds
    while True:
        if found := ask():
            return found
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds:.0f} s")
        time.sleep(every)


def answers(url: str) -> bool:
    """Whether an HTTP server gives any answer there."""
    with contextlib.suppress(requests.RequestException):
        requests.get(url, timeout=5, allow_redirects=False)
        return True
    return False


class Process:
    """A running command. Stopped with its children by `stop()`."""

    def __init__(
        self, command: Sequence[str], *, env: dict[str, str], log: Path, cwd: Path = ROOT, user: str = ""
    ) -> None:
        self.command, self.log = list(command), log
        with log.open("ab") as out:
            self.popen: subprocess.Popen[bytes] = subprocess.Popen(
                self.command,
                cwd=cwd,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                user=user or None,
                group=user or None,
                extra_groups=[] if user else None,
            )

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def until(self, ready: Callable[[], bool], seconds: float = 30.0) -> "Process":
        """Wait until it is ready. Raises RuntimeError with its log if it ends or does not get there."""

        def ready_or_over() -> bool:
            if self.popen.poll() is not None:
                raise RuntimeError(f"{self.command} ended with {self.popen.returncode}:\n{self.output()}")
            return ready()

        try:
            poll(ready_or_over, what="ready", seconds=seconds)
        except TimeoutError as late:
            self.stop()
            raise RuntimeError(f"{self.command} was not ready in {seconds} s:\n{self.output()}") from late
        return self

    def stop(self, number: int = signal.SIGTERM, seconds: float = 15.0) -> int:
        """End it, and kill what is left of its group. Returns its exit status."""
        if self.popen.poll() is None:
            self.popen.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.popen.wait(seconds)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.popen.pid, signal.SIGKILL)
        return self.popen.wait(10)


@contextlib.contextmanager
def running(process: Process) -> Iterator[Process]:
    try:
        yield process
    finally:
        process.stop()


def run(command: Sequence[str], *, env: dict[str, str], seconds: float = 60.0, cwd: Path = ROOT) -> str:
    """The output of a command that must succeed. Raises AssertionError with its output otherwise."""
    done = subprocess.run(
        list(command), cwd=cwd, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=seconds, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


def base_environment(**variables: str) -> dict[str, str]:
    """A clean environment in which this Python's commands are found first, and nothing of the caller's settings."""
    kept = {name: os.environ[name] for name in ["HOME", "LANG", "TMPDIR"] if name in os.environ}
    path = f"{Path(PYTHON).parent}:{os.environ.get('PATH', '/usr/bin:/bin')}"
    return kept | {"PATH": path, "PYTHONUNBUFFERED": "1"} | variables
