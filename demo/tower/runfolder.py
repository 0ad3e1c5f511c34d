"""The private folder of one run: the project's copy, the inventory, the variables. Gone when the job has ended.

It is made in memory (/dev/shm) where there is such a thing, outside the data folder, since the variables are in clear.
"""

import hashlib
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from demo.tower import processes, unsafe
from demo.tower.ledger import Job
from demo.tower.state import Tower
from demo.tower.vault import private_folder, write_private


def root(data: Path) -> Path:
    """Where the runs of a Tower live; one place per data folder, so that a new start finds what a crash left."""
    name = hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:12]
    memory = Path("/dev/shm")
    base = memory if memory.is_dir() and os.access(memory, os.W_OK) else Path(tempfile.gettempdir())
    return base / f"demo-tower-{os.getuid()}-{name}"


def sweep(tower: Tower) -> None:
    """End and remove what earlier runs left behind."""
    for pid in processes.with_environment(str(root(tower.folder))):
        processes.kill_tree(pid)
    shutil.rmtree(root(tower.folder), ignore_errors=True)


def make(tower: Tower, job: Job) -> Path:
    """Prepare a run. Raises OSError when the project is gone."""
    folder = Path(tempfile.mkdtemp(prefix=f"awx_{job.id}_", dir=private_folder(root(tower.folder))))
    assert tower.world.project_folder is not None
    shutil.copytree(tower.world.project_folder, folder / "project")
    for name in ("inventory", "env", "home", "tmp"):
        (folder / name).mkdir(mode=0o700)
    write_private(folder / "inventory" / "hosts.json", json.dumps(_inventory(tower, job)))
    write_private(folder / "env" / "extravars", unsafe.dump(_variables(tower, job)))
    write_private(folder / "run.json", json.dumps(_plan(job, folder)))
    return folder


def command(job: Job, folder: Path) -> list[str]:
    """The command line as `job_args` shows it."""
    shown = ["ansible-playbook", "-u", "root", "-i", f"{folder}/inventory/hosts", "-e", f"@{folder}/env/extravars"]
    return [*shown, *_options(job), job.playbook]


def environment(folder: Path) -> dict[str, str]:
    """All of the playbook's environment: a home of its own, and nothing of ours but the launcher's mark."""
    mark = {name: os.environ[name] for name in ("DEMO_RUN",) if name in os.environ}
    here = Path(sys.executable).parent
    return {
        "PATH": f"{here}:/usr/local/bin:/usr/bin:/bin", "HOME": f"{folder}/home", "TMPDIR": f"{folder}/tmp",
        "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC", "ANSIBLE_FORCE_COLOR": "True",
        "ANSIBLE_HOST_KEY_CHECKING": "False", "ANSIBLE_RETRY_FILES_ENABLED": "False",
        "ANSIBLE_DEPRECATION_WARNINGS": "False", "ANSIBLE_LOCALHOST_WARNING": "False",
        "ANSIBLE_LOCAL_TEMP": f"{folder}/tmp", "ANSIBLE_REMOTE_TEMP": f"{folder}/tmp",
        "ANSIBLE_PYTHON_INTERPRETER": sys.executable, "PYTHONDONTWRITEBYTECODE": "1", **mark,
    }  # fmt: skip


def _variables(tower: Tower, job: Job) -> dict[str, Any]:
    """The job's variables, and those that AWX adds."""
    who = tower.accounts.by_id.get(job.created_by or 0)
    facts: dict[str, Any] = {"job_id": job.id, "job_template_name": job.name, "user_name": who.username if who else ""}
    return tower.ledger.clear_vars(job) | {f"{p}_{n}": value for p in ("tower", "awx") for n, value in facts.items()}


def _inventory(tower: Tower, job: Job) -> dict[str, Any]:
    """The job's hosts and groups. Each host is this computer."""
    inventory = tower.world.inventories.get(job.values.get("inventory") or 0)
    hosts = {host.name: host.variables for host in inventory.hosts} if inventory else {}
    groups = {name: {"hosts": dict.fromkeys(names)} for name, names in inventory.groups.items()} if inventory else {}
    local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    return {"all": {"hosts": hosts, "vars": local, "children": groups}}


def _plan(job: Job, folder: Path) -> dict[str, Any]:
    """What ansible-runner is told, besides what it finds in the folder."""
    return {"playbook": job.playbook, "inventory": f"{folder}/inventory/hosts.json", "cmdline": " ".join(_options(job))}


def _options(job: Job) -> list[str]:
    """The launch's prompts as options. Texts are quoted into one word: a limit cannot become an option."""
    values, found = job.values, []
    if values.get("verbosity"):
        found.append(f"-{'v' * int(values['verbosity'])}")
    if values.get("forks"):
        found.append(f"--forks={int(values['forks'])}")
    for name, option in (("limit", "limit"), ("job_tags", "tags"), ("skip_tags", "skip-tags")):
        if values.get(name):
            found.append(f"--{option}={_word(values[name])}")
    if values.get("job_type") == "check":
        found.append("--check")
    return [*found, "--diff"] if values.get("diff_mode") else found


def _word(text: str) -> str:
    """A text as one shell word; ansible-runner splits the command line with shlex and runs no shell."""
    quoted = text.replace("'", "'\"'\"'")
    return f"'{quoted}'"
