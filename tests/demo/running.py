"""A Tower that really runs the playbooks in tests/demo/plays, in this process."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import requests

from demo.tower import runfolder
from demo.tower.app import Application
from demo.tower.scheduler import Scheduler
from demo.tower.server import Server
from demo.tower.state import Tower

SLEEP = "31.4159"
PLAYS = Path(__file__).with_name("plays") / "catalog.yml"


class Client:
    """Speaks to a Tower with a token."""

    tower: Tower  # when it runs in this process

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str) -> Any:
        answer = self._session.get(f"{self._url}/api/v2/{path}", timeout=10)
        answer.raise_for_status()
        return answer.json()

    def text(self, pk: int) -> str:
        answer = self._session.get(f"{self._url}/api/v2/jobs/{pk}/stdout/?format=txt", timeout=10)
        answer.raise_for_status()
        return answer.text

    def post(self, path: str, body: Any = None) -> requests.Response:
        return self._session.post(f"{self._url}/api/v2/{path}", json=body or {}, timeout=10)

    def launch(self, name: str, **variables: Any) -> int:
        """Launch a template by its name; the new job's id."""
        template = self.get(f"unified_job_templates/?name={name}")["results"][0]
        answer = self.post(f"{template['type']}s/{template['id']}/launch/", {"extra_vars": variables})
        assert answer.status_code == 201, answer.text
        return int(answer.json()["id"])

    def wait(self, pk: int, told: Callable[[dict[str, Any]], object], seconds: float = 60, kind: str = "jobs") -> Any:
        """Poll a job until it tells what is wanted."""
        return until(lambda: self.get(f"{kind}/{pk}/"), told, seconds)

    def ended(self, pk: int, kind: str = "jobs") -> Any:
        """Poll a job until it has ended."""
        return self.wait(pk, lambda job: job["finished"], kind=kind)

    def close(self) -> None:
        self._session.close()


def until(look: Callable[[], Any], told: Callable[[Any], object], seconds: float = 60) -> Any:
    """Look again and again until what is seen will do. Fails with what was seen last."""
    deadline = time.monotonic() + seconds
    while not told(seen := look()):
        assert time.monotonic() < deadline, seen
        time.sleep(0.05)
    return seen


def sleeping(data: Path) -> list[int]:
    """The processes of the slow playbooks that the Tower of this folder runs, told by their environment."""
    found, place = [], str(runfolder.root(data)).encode()
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if SLEEP.encode() in (entry / "cmdline").read_bytes() and place in (entry / "environ").read_bytes():
                found.append(int(entry.name))
    return found


@contextmanager
def tower_that_runs(folder: Path) -> Iterator[Client]:
    """Serve and run until the block ends."""
    tower = Tower(folder, PLAYS)
    token = tower.accounts.issue(tower.accounts.named("portal-svc"), scope="write")[1]
    server, scheduler = Server(Application(tower)), Scheduler(tower)
    server.up()
    scheduler.start()
    client = Client(server.url, token)
    client.tower = tower
    try:
        yield client
    finally:
        client.close()
        server.down()
        scheduler.stop()
        tower.close()
