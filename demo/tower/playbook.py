"""Run one playbook with ansible-runner, in a process of its own that imports nothing else of the demo.

Called with a private folder that holds run.json, and its parent's process id. Each event is a line of JSON on standard
output; the last line is {"rc": …, "status": …}. Its parent kills it, and what it started, to cancel; it dies with its
parent.
"""

import ctypes
import importlib.util
import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any


def die_with_parent(parent: int, folder: Path) -> None:
    """End with all that was started when the parent dies (Linux). Ansible's workers would go on by themselves."""
    signal.signal(signal.SIGUSR1, lambda *_: end_all(folder))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGUSR1)
        if os.getppid() != parent:
            end_all(folder)


def end_all(folder: Path) -> None:
    """SIGKILL for everything below this process, then for itself; the folder goes in between."""
    spec = importlib.util.spec_from_file_location("processes", Path(__file__).with_name("processes.py"))
    assert spec is not None
    assert spec.loader is not None
    processes = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(processes)
    for pid in processes.descendants(os.getpid()):
        processes.kill_tree(pid)
    shutil.rmtree(folder, ignore_errors=True)
    os.kill(os.getpid(), signal.SIGKILL)


def tell(fact: dict[str, Any]) -> None:
    """Hand one fact to the parent."""
    sys.stdout.write(json.dumps(fact) + "\n")
    sys.stdout.flush()


def main(folder: Path, parent: int) -> None:
    """Run what run.json says."""
    die_with_parent(parent, folder)
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
    main(Path(sys.argv[1]), int(sys.argv[2]))
