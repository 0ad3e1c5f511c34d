"""Child processes that end with the launcher, however it ends.

Each child asks the kernel for a signal when its parent dies (Linux only). Its own children are found by a mark in
their environment: by the launcher when it stops, and by the warden, a process that outlives a killed launcher for the
few seconds this takes.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from demo.launcher.errors import DemoError, with_log
from demo.launcher.warden import sweep

PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(parent: int, number: int = signal.SIGTERM) -> None:
    """Have this process get a signal when the process `parent` dies. Does nothing where the kernel cannot."""
    if _LIBC is not None:
        _LIBC.prctl(PR_SET_PDEATHSIG, int(number))
        if os.getppid() != parent:  # it died before we could ask
            os.kill(os.getpid(), number)


class Family:
    """The launcher's children, in the order they were started."""

    def __init__(self, *, logs: Path, environment: Mapping[str, str], folder: Path, lock: int | None = None) -> None:
        self.logs = logs
        self.environment = dict(environment)
        self.folder = folder
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self._warden = self._start_warden(lock)

    def start(self, name: str, command: Sequence[str]) -> None:
        """Start one in a session of its own, its output in a log of its name."""
        parent = os.getpid()
        with _fresh(self.log(name)).open("wb") as log:
            self.children[name] = subprocess.Popen(
                command, cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, start_new_session=True, preexec_fn=lambda: die_with_parent(parent),
            )  # fmt: skip
        self._tell_warden(self.children[name].pid)

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def run(self, name: str, command: Sequence[str], seconds: float) -> None:
        """Run one to its end, which must be a good one within so many seconds."""
        self.start(name, command)
        child = self.children.pop(name)
        give_up = time.monotonic() + seconds
        while child.poll() is None and time.monotonic() < give_up:
            self.check()
            time.sleep(0.05)
        if child.returncode is None:
            end(child)
            raise with_log(f"{name} took longer than {seconds:.0f} s.", self.log(name))
        if child.returncode:
            raise with_log(f"{name} failed with exit code {child.returncode}.", self.log(name))

    def has_ended(self, name: str) -> bool:
        return self.children[name].poll() is not None

    def check(self, *, spare: str = "") -> None:
        """Raises DemoError if one has ended by itself, but for the one that may."""
        for name, child in self.children.items():
            if name != spare and child.poll() is not None:
                raise with_log(f"{name} ended unexpectedly ({_how(child.returncode)}).", self.log(name))
        if self._warden.poll() is not None:
            raise DemoError("The process that cleans up after the launcher ended unexpectedly.")

    def wait_until(self, name: str, ready: Callable[[], bool], seconds: float) -> None:
        """Wait until one of them does its work. Raises DemoError if it takes longer, or if any ends."""
        give_up = time.monotonic() + seconds
        while not ready():
            self.check()
            if time.monotonic() > give_up:
                raise with_log(f"{name} was not ready after {seconds:.0f} s.", self.log(name))
            time.sleep(0.05)

    def stop(self) -> None:
        """End all of them, the last started first: those that use the broker and Tower before these two."""
        first, last = _split(self.children)
        for group, patience in ((first, 2.5), (last, 1.0)):
            for child in group:
                child.terminate()
            give_up = time.monotonic() + patience
            for child in group:
                end(child, max(0.0, give_up - time.monotonic()))
        sweep(self.environment["DEMO_RUN"], [child.pid for child in self.children.values()], patience=0.3)
        if self._warden.stdin is not None:
            self._warden.stdin.close()
        self._warden.wait()

    def _start_warden(self, lock: int | None) -> subprocess.Popen[bytes]:
        environment = {name: value for name, value in self.environment.items() if name != "DEMO_RUN"}
        return subprocess.Popen(
            [sys.executable, "-m", "demo.launcher.warden", self.environment["DEMO_RUN"]],
            cwd=Path(__file__).resolve().parents[2], env=environment, stdin=subprocess.PIPE, start_new_session=True,
            pass_fds=() if lock is None else (lock,),
        )  # fmt: skip

    def _tell_warden(self, session: int) -> None:
        if self._warden.stdin is not None:
            self._warden.stdin.write(f"{session}\n".encode())
            self._warden.stdin.flush()


def end(child: subprocess.Popen[bytes], patience: float = 0.0) -> None:
    """Wait so many seconds for a process, then kill it."""
    try:
        child.wait(timeout=patience)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _split(
    children: Mapping[str, subprocess.Popen[bytes]],
) -> tuple[list[subprocess.Popen[bytes]], list[subprocess.Popen[bytes]]]:
    """Those that others do not need, and those they do: the first two started."""
    started = list(children.values())
    return started[:1:-1], started[1::-1]


def _fresh(log: Path) -> Path:
    """A log begins anew at each start; the one before is kept."""
    if log.exists():
        log.replace(log.with_suffix(".log.1"))
    return log


def _how(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
