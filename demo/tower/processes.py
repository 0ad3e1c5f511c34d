"""Kill a process with everything it started, also what made a session of its own (as Ansible's workers do)."""

import contextlib
import os
import signal
from collections.abc import Iterable
from pathlib import Path


def descendants(pid: int) -> list[int]:
    """The processes below a process, by /proc; [] where there is none."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError):
            fields = entry.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            children.setdefault(int(fields[1]), []).append(int(entry.parent.name))
    found, queue = [], [pid]
    while queue:
        queue += (below := children.get(queue.pop(), []))
        found += below
    return found


def kill_tree(pid: int) -> None:
    """SIGKILL for a process and all below it. They are stopped first, so that none starts another meanwhile."""
    tree: set[int] = set()
    while new := {pid, *descendants(pid)} - tree:
        _send(signal.SIGSTOP, new)
        tree |= new
    _send(signal.SIGKILL, tree)


def _send(number: signal.Signals, pids: Iterable[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def with_environment(text: str) -> list[int]:
    """The processes whose environment holds a text, by /proc; only one's own can be read."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if text.encode() in entry.read_bytes():
                found.append(int(entry.parent.name))
    return found
