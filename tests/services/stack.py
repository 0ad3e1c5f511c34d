"""The portal's real processes on a database and a broker: web servers, workers, beat."""

import signal
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from cryptography.fernet import Fernet

from demo.tower.harness import TowerHarness
from tests.processes import PYTHON, Process, answers, base_environment, free_port, run
from tests.services.servers import Broker
from tests.visitor import Visitor

WORKER = ["celery", "-A", "portal", "worker", "-P", "threads", "-c", "4", "-Q", "launch,portal,sync"]
BEAT = ["celery", "-A", "portal", "beat"]
JOB_TABLES = ["jobs_output", "jobs_jobsecret", "jobs_keptsecret", "jobs_timelineentry", "jobs_job"]


@dataclass(frozen=True)
class Backing:
    """What the portal stands on."""

    database_url: str
    broker: Broker
    database_folder: Path


@dataclass
class Stack:
    env: dict[str, str]
    folder: Path
    backing: Backing
    tower: TowerHarness
    processes: ExitStack
    urls: list[str] = field(default_factory=list)
    workers: list[Process] = field(default_factory=list)
    _started: int = 0
    _seen: int = 0

    def start(self, command: Sequence[str], **variables: str) -> Process:
        self._started += 1
        log = self.folder / f"{self._started}-{command[0]}.log"
        process = Process([PYTHON, "-m", *command], env=self.env | variables, log=log)
        self.processes.callback(process.stop, signal.SIGKILL)
        return process

    def start_web(self, **variables: str) -> str:
        """A gunicorn of its own; returns its URL."""
        url = f"http://127.0.0.1:{free_port()}"
        bind = url.removeprefix("http://")
        command = [
            "gunicorn", "portal.wsgi", f"--bind={bind}", "--worker-class=gthread", "--threads=4", "--no-control-socket",
            "--access-logfile=-",
        ]  # fmt: skip
        self.start(command, **variables).until(lambda: answers(f"{url}/healthz"))
        self.urls.append(url)
        return url

    def work(self, *names: str) -> None:
        """Start a worker of each name (one without any), and beat."""
        before = len(self.workers)
        for name in names or ["one"]:
            self.workers.append(self.start([*WORKER, "-n", f"{name}@test", "-l", "DEBUG"]))
        beat = self.start([*BEAT, "--schedule", str(self.folder / f"beat-{self._started}"), "-l", "DEBUG"])
        for worker in self.workers[before:]:
            worker.until(lambda worker=worker: "@test ready" in worker.output())  # type: ignore[misc]
        self.workers.append(beat.until(lambda: "beat: Starting" in beat.output()))

    def clear(self) -> None:
        """No worker, no order, a Tower that is well; people, tiles and logs stay."""
        while self.workers:
            self.workers.pop().stop(signal.SIGKILL)
        self.tower.faults.clear()
        self.tower.up()
        self.rows(*[f"DELETE FROM {table}" for table in JOB_TABLES])
        self.rows("UPDATE catalog_controller SET trouble = '', trouble_since = NULL, follow_lease_until = NULL")
        self._seen = len(self.tower.jobs)
        self.tower.clear_requests()

    def launched(self) -> list[dict[str, Any]]:
        """The jobs that Tower has got in this test, oldest first."""
        return self.tower.jobs[self._seen :]

    def manage(self, *arguments: str) -> str:
        return run([PYTHON, "manage.py", *arguments], env=self.env, seconds=120)

    def visitor(self, username: str = "alice", url: str = "") -> Visitor:
        return Visitor(url or self.urls[0]).sign_in(username)

    def rows(self, *statements: str) -> list[tuple[Any, ...]]:
        """What the database holds, whoever wrote it; of the last statement. The SQL must suit both databases."""
        url = self.backing.database_url
        found: list[tuple[Any, ...]] = []
        if url.startswith("sqlite"):
            with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=20)) as file, file:
                for sql in statements:
                    found = file.execute(sql).fetchall()
            return found
        with psycopg.connect(url, autocommit=True) as server:
            for sql in statements:
                answer = server.execute(sql.encode())
                found = answer.fetchall() if answer.description else []
        return found

    def value(self, sql: str) -> Any:
        return self.rows(sql)[0][0]

    def status(self, job: int) -> str:
        return str(self.value(f"SELECT status FROM jobs_job WHERE id = {job}"))

    def logs(self) -> dict[str, str]:
        return {path.name: path.read_text(errors="replace") for path in self.folder.glob("*.log")}


@contextmanager
def portal(backing: Backing, tower: TowerHarness, folder: Path, **variables: str) -> Iterator[Stack]:
    """An empty portal: migrated, nothing started. `variables` are settings."""
    env = base_environment(
        PORTAL_SECRET_KEY="a key that only tests use, long enough for anything that looks at its length",
        PORTAL_SECRET_KEYS=Fernet.generate_key().decode(),
        PORTAL_HTTPS="false",
        PORTAL_DATA_DIR=str(folder),
        PORTAL_STATIC_ROOT=str(folder / "static"),
        PORTAL_LOG_LEVEL="DEBUG",
        DATABASE_URL=backing.database_url,
        BROKER_URL=backing.broker.url,
        CACHE_URL=backing.broker.cache_url,
        DJANGO_SETTINGS_MODULE="portal.settings",
        **variables,
    )
    with ExitStack() as processes:
        stack = Stack(env, folder, backing, tower, processes)
        stack.manage("migrate", "--noinput", "--verbosity=0")
        yield stack
