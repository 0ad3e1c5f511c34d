"""Servers that live as long as the test run, and a portal on each pair of them."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from demo.tower.harness import TowerHarness
from tests.deploy import compose
from tests.processes import PYTHON, run
from tests.services import servers
from tests.services.stack import Backing, Stack, portal

ANSWERS = {"_tenant_shortname": "acme", "_customer_id": "K12345", "_vlan_id": "465"}
SLUG = "new-customer-l2-setup"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.services)
            item.add_marker(pytest.mark.xdist_group("services"))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[servers.PostgreSQL]:
    with servers.postgresql() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def redis() -> Iterator[servers.Broker]:
    with servers.redis_server(compose.read().command("redis")) as broker:
        yield broker


@pytest.fixture(scope="session")
def valkey() -> Iterator[servers.Broker]:
    with servers.valkey_server() as broker:
        yield broker


@pytest.fixture(params=["SQLite and Valkey", "PostgreSQL and Redis"])
def backing(request: pytest.FixtureRequest, tmp_path: Path) -> Backing:
    """An empty database, and a broker with nothing in it."""
    if request.param == "SQLite and Valkey":
        broker = request.getfixturevalue("valkey")
        folder = tmp_path / "database"
        folder.mkdir()
        found = Backing(request.param, f"sqlite:///{folder}/portal.sqlite3", broker, folder)
    else:
        cluster: servers.PostgreSQL = request.getfixturevalue("postgresql")
        broker = request.getfixturevalue("redis")
        found = Backing(request.param, cluster.create(f"portal-{uuid4().hex[:8]}"), broker, cluster.folder / "data")
    servers.empty(broker)
    return found


@pytest.fixture
def stack(backing: Backing, tower: TowerHarness, tmp_path: Path) -> Iterator[Stack]:
    """A portal that knows the demo Tower, some people, and a tile per template. Nothing runs yet."""
    folder = tmp_path / "portal"
    folder.mkdir()
    address = {"TOWER_URL": tower.url, "TOWER_TOKEN": tower.token, "TOWER_NAME": "Test Tower"}
    with portal(backing, folder, JOBS_TICK_SECONDS="0.5", **address) as made:
        made.manage("collectstatic", "--noinput", "--verbosity=0")
        made.manage("connect")
        made.manage("sync")
        run([PYTHON, "-m", "tests.services.seed"], env=made.env, seconds=60)
        yield made
