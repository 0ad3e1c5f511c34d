"""Waits until the launcher is gone, then ends every process of its demo. Nothing of the demo outlives this.

`python -m demo.launcher.warden MARK`: reads the launcher's sessions from standard input, one id a line, until the end
of the file, which comes when the launcher closes it or dies.
"""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Collection
from pathlib import Path

PROC = Path("/proc")
PATIENCE = 3.0


def sweep(mark: str, sessions: Collection[int], patience: float = PATIENCE) -> None:
    """Ask every process of a demo to end, and kill those that have not done so after `patience` seconds."""
    for number, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, 1.0)):
        give_up = time.monotonic() + seconds
        if not _send(number, mark, sessions):
            return
        while time.monotonic() < give_up:
            time.sleep(0.05)
            if not _living(mark, sessions):
                return


def marked(mark: str) -> list[int]:
    """Processes whose environment carries the mark, but for this one. Linux only."""
    wanted, found = f"DEMO_RUN={mark}".encode(), []
    for folder in PROC.iterdir():
        if folder.name.isdecimal() and int(folder.name) != os.getpid():
            with contextlib.suppress(OSError):  # it ended, or belongs to somebody else
                if wanted in (folder / "environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
    return found


def _living(mark: str, sessions: Collection[int]) -> list[int]:
    """Process ids; negative for a whole process group, where there is no /proc to look into."""
    return marked(mark) if PROC.is_dir() else [-session for session in sessions if _exists(-session)]


def _send(number: int, mark: str, sessions: Collection[int]) -> bool:
    """Whether there was anybody to send it to."""
    found = _living(mark, sessions)
    for process in found:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(process, number)
    return bool(found)


def _exists(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def main(mark: str) -> None:
    """Read until the launcher is gone, then sweep."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sweep(mark, [int(line) for line in sys.stdin])


if __name__ == "__main__":
    main(sys.argv[1])
