"""Run one playbook with ansible-runner, in a process of its own that imports nothing else of the demo.

Called with a private folder that holds run.json. Each event is a line of JSON on standard output; the last line is
{"rc": …, "status": …}. Its parent kills it, and what it started, to cancel; it dies with its parent.
"""

import ctypes
import json
import signal
import sys
from pathlib import Path
from typing import Any


def die_with_parent() -> None:
    """Ask Linux for SIGKILL when the parent dies; elsewhere nothing happens."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def tell(fact: dict[str, Any]) -> None:
    """Hand one fact to the parent."""
    sys.stdout.write(json.dumps(fact) + "\n")
    sys.stdout.flush()


def main(folder: Path) -> None:
    """Run what run.json says."""
    die_with_parent()
    import ansible_runner  # late: it takes a third of a second

    plan = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    done = ansible_runner.run(
        private_data_dir=str(folder),
        ident="job",
        quiet=True,
        settings={"pexpect_timeout": 1, "suppress_ansible_output": True},
        event_handler=lambda event: tell({"event": event}) or False,  # type: ignore[func-returns-value]  # False: no file
        **plan,
    )
    tell({"rc": done.rc, "status": done.status})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
