"""Every command of docker-compose.yml, as it stands there, on a real PostgreSQL and Redis, up to a network built."""

import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest
import requests

from tests.deploy import compose
from tests.processes import ROOT, Process, answers, base_environment, free_port, poll, run
from tests.services import servers
from tests.services.conftest import ANSWERS
from tests.visitor import Visitor


@dataclass
class Engine:
    """Runs the services of the compose file as processes of this machine, in place of containers.

    Host names, ports and mounted paths become this machine's; nothing else of a command is changed.
    """

    folder: Path
    stack: compose.Compose
    places: dict[str, str]
    processes: ExitStack
    started: dict[str, Process] = field(default_factory=dict)

    def here(self, text: str) -> str:
        for there, here in self.places.items():
            text = text.replace(there, here)
        return text

    def environment(self, service: str) -> dict[str, str]:
        example = (ROOT / "docker" / "portal.env.example").read_text()
        from_file = dict(re.findall(r"^([A-Z_]+)=(.*)$", example, re.MULTILINE))
        image = {
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "PORTAL_STATIC_ROOT": str(self.folder / "static"),
            "HOSTNAME": socket.gethostname(),
            # The only settings that differ: this client speaks plain HTTP, and no Tower is there but the demo's.
            "PORTAL_HTTPS": "false",
            "TOWER_URL": "",
        }
        ours = {name: self.here(value) for name, value in self.stack.environment(service).items()}
        return base_environment(**from_file | image | ours)

    def words(self, service: str) -> list[str]:
        return [self.here(word) for word in self.stack.command(service)]

    def once(self, service: str) -> str:
        return run(self.words(service), env=self.environment(service), seconds=120)

    def start(self, service: str) -> Process:
        log = self.folder / f"{service}.log"
        process = Process(self.words(service), env=self.environment(service), log=log)
        self.processes.callback(process.stop)
        self.started[service] = process
        return process

    def check(self, service: str) -> subprocess.CompletedProcess[str]:
        """The service's health check, with the time it is given."""
        seconds = float(self.stack.services[service]["healthcheck"]["timeout"].removesuffix("s"))
        words = [self.here(word) for word in self.stack.healthcheck(service)]
        return subprocess.run(
            words, cwd=ROOT, env=self.environment(service), capture_output=True, text=True, timeout=seconds, check=False
        )

    def healthy(self, service: str) -> bool:
        assert self.started[service].popen.poll() is None, self.started[service].output()
        return self.check(service).returncode == 0


@pytest.fixture(scope="module")
def engine(
    tmp_path_factory: pytest.TempPathFactory, postgresql: servers.PostgreSQL, redis: servers.Broker
) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("compose")
    shutil.copytree(ROOT / "docker", folder / "docker")
    run(["docker/prepare"], env=base_environment(), cwd=folder)
    (folder / "secrets" / "database_url").chmod(0o644)
    (folder / "secrets" / "database_url").write_text(postgresql.create("compose") + "\n")
    web, tower = free_port(), free_port()
    places = {
        "/run/secrets/": f"{folder}/secrets/",
        "redis://redis:6379/0": redis.url,
        "redis://redis:6379/1": redis.cache_url,
        "0.0.0.0:8000": f"127.0.0.1:{web}",
        "127.0.0.1:8000": f"127.0.0.1:{web}",
        "127.0.0.1:8052": f"127.0.0.1:{tower}",
        "8052": str(tower),
        "/var/lib/tower": str(folder / "tower"),
        "/srv/demo": str(ROOT / "demo"),
        "/tmp/beat": str(folder / "beat"),
    }
    with ExitStack() as processes:
        yield Engine(folder, compose.read(), places, processes)


def migrated(engine: Engine) -> None:
    """What the image's build and the one-shot service do before anything starts."""
    collect = ["python", "manage.py", "collectstatic", "--noinput", "--verbosity=0"]
    run(collect, env=engine.environment("web"), seconds=120)
    engine.once("migrate")


def test_the_whole_stack_comes_up_and_builds_a_network(engine: Engine):
    migrated(engine)
    for service in ["web", "worker", "beat"]:
        engine.start(service)
    web = f"http://{engine.here('0.0.0.0:8000')}"
    poll(lambda: answers(f"{web}/healthz"), what="the web server")
    assert requests.get(f"{web}/healthz", timeout=10).json() == {"alive": True}
    for service in ["web", "worker", "beat"]:
        poll(partial(engine.healthy, service), what=f"{service} is healthy", every=0.5, seconds=60)

    (engine.folder / "tower").mkdir(mode=0o700)
    engine.start("tower")
    poll(lambda: engine.healthy("tower"), what="the demo Tower is healthy", every=0.5)
    engine.once("demo-data")

    alice = Visitor(web).sign_in("alice")
    job = alice.order("new-customer-network", ANSWERS)
    page = poll(lambda: found if "Done" in (found := alice.get(f"/jobs/{job}/").text) else "", what="built", seconds=90)

    assert "465" in page
    everything = Visitor(web).sign_in("oscar").get("/healthz").json()
    assert all(everything[part]["well"] for part in ["database", "broker", "beat"]), everything
    assert [one["name"] for one in everything["controllers"]] == ["Demo Tower"]

    for service, process in reversed(engine.started.items()):
        status = process.stop()
        assert status in {0, -15, 143}, f"{service} ended with {status}:\n{process.output()[-2000:]}"


def test_migrating_again_changes_nothing(engine: Engine):
    migrated(engine)

    assert "No migrations to apply" in engine.once("migrate")


def test_without_its_secrets_nothing_starts(engine: Engine, tmp_path: Path):
    env = engine.environment("web") | {"PORTAL_SECRET_KEY_FILE": str(tmp_path / "nothing")}

    done = subprocess.run(
        engine.words("web"), cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode != 0
    assert "PORTAL_SECRET_KEY_FILE" in done.stderr
