"""The portal's real processes on a database and a broker: two web servers, workers, beat."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from cryptography.fernet import Fernet

from tests.processes import PYTHON, Process, answers, base_environment, free_port, run
from tests.services.servers import Broker
from tests.visitor import Visitor

WORKER = ["celery", "-A", "portal", "worker", "-P", "threads", "-c", "4", "-Q", "launch,portal,sync"]
BEAT = ["celery", "-A", "portal", "beat"]


@dataclass
class Backing:
    """What the portal stands on."""

    name: str
    database_url: str
    broker: Broker
    database_folder: Path


@dataclass
class Stack:
    env: dict[str, str]
    folder: Path
    backing: Backing
    processes: ExitStack
    urls: list[str] = field(default_factory=list)
    _started: int = 0

    def start(self, command: Sequence[str]) -> Process:
        self._started += 1
        process = Process([PYTHON, "-m", *command], env=self.env, log=self.folder / f"{self._started}-{command[0]}.log")
        self.processes.callback(process.stop)
        return process

    def start_web(self, processes: int = 1) -> str:
        """A gunicorn of its own; returns its URL."""
        url = f"http://127.0.0.1:{free_port()}"
        bind = url.removeprefix("http://")
        command = [
            "gunicorn", "portal.wsgi", f"--bind={bind}", f"--workers={processes}", "--worker-class=gthread",
            "--threads=4", "--no-control-socket", "--access-logfile=-",
        ]  # fmt: skip
        self.start(command).until(lambda: answers(f"{url}/healthz"))
        self.urls.append(url)
        return url

    def start_worker(self, name: str = "one") -> Process:
        worker = self.start([*WORKER, "-n", f"{name}@test", "-l", "DEBUG"])
        return worker.until(lambda: f"{name}@test ready" in worker.output())

    def start_beat(self) -> Process:
        beat = self.start([*BEAT, "--schedule", str(self.folder / "beat"), "-l", "DEBUG"])
        return beat.until(lambda: "beat: Starting" in beat.output())

    def manage(self, *arguments: str) -> str:
        return run([PYTHON, "manage.py", *arguments], env=self.env, seconds=120)

    def visitor(self, username: str = "alice") -> Visitor:
        return Visitor(self.urls[0]).sign_in(username)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What the database holds, whoever wrote it. The SQL must suit both SQLite and PostgreSQL."""
        url = self.backing.database_url
        if url.startswith("sqlite"):
            with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=20)) as file:
                return file.execute(sql).fetchall()
        with psycopg.connect(url, autocommit=True) as server:
            return server.execute(sql.encode()).fetchall()

    def value(self, sql: str) -> Any:
        return self.rows(sql)[0][0]

    def status(self, job: int) -> str:
        return str(self.value(f"SELECT status FROM jobs_job WHERE id = {job}"))

    def logs(self) -> dict[str, str]:
        return {path.name: path.read_text(errors="replace") for path in self.folder.glob("*.log")}


@contextmanager
def portal(backing: Backing, folder: Path, **variables: str) -> Iterator[Stack]:
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
        stack = Stack(env, folder, backing, processes)
        stack.manage("migrate", "--noinput", "--verbosity=0")
        yield stack
