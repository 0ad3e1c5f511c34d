"""Servers that live as long as the test run, and one portal on each pair of them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from demo.tower.harness import TowerHarness
from tests.deploy import compose
from tests.processes import PYTHON, run
from tests.services import servers
from tests.services.stack import Backing, Stack, portal

ANSWERS = {"_tenant_shortname": "acme", "_customer_id": "K12345", "_epg_name": "EPG_WEB", "_vlan_id": "465"}
SLUG = "new-customer-l2-setup"
EMBEDDED, SERVERS = "SQLite and Valkey", "PostgreSQL and Redis"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one pair of servers run in one process, so that each pair is started once."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.services)
            group = SERVERS if SERVERS in item.name else EMBEDDED
            item.add_marker(pytest.mark.xdist_group(group))


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


NewBacking = Callable[[], Backing]


@pytest.fixture(scope="session", params=[EMBEDDED, SERVERS])
def new_backing(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> NewBacking:
    """Makes empty databases, each with the broker that goes with it."""

    def make() -> Backing:
        if request.param == EMBEDDED:
            folder = tmp_path_factory.mktemp("database")
            broker = request.getfixturevalue("valkey")
            return Backing(f"sqlite:///{folder}/portal.sqlite3", broker, folder)
        cluster: servers.PostgreSQL = request.getfixturevalue("postgresql")
        broker = request.getfixturevalue("redis")
        return Backing(cluster.create(f"portal-{uuid4().hex[:8]}"), broker, cluster.folder / "data")

    return make


@pytest.fixture(scope="session")
def standing(new_backing: NewBacking, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A portal with two web servers that knows a demo Tower, some people, and a tile per template."""
    tower = TowerHarness()
    address = {"TOWER_URL": tower.url, "TOWER_TOKEN": tower.token, "TOWER_NAME": "Test Tower"}
    with portal(new_backing(), tower, tmp_path_factory.mktemp("portal"), JOBS_TICK_SECONDS="0.5", **address) as made:
        made.manage("collectstatic", "--noinput", "--verbosity=0")
        made.manage("connect")
        made.manage("sync")
        run([PYTHON, "-m", "tests.services.seed"], env=made.env, seconds=60)
        made.start_web()
        made.start_web()
        yield made
    tower.close()


@pytest.fixture
def stack(standing: Stack) -> Stack:
    """The portal without any order; no worker runs."""
    standing.clear()
    return standing
