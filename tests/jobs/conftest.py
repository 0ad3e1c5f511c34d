"""A Tower, a person and a tile; and the workers, run here one step after the other."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.http import QueryDict
from django.utils import timezone
from requests.adapters import HTTPAdapter

from catalog import examination, sync
from catalog.forms import LaunchForm
from catalog.models import Controller, Template, Tile
from demo.tower.harness import TowerHarness
from jobs import decide as deciding
from jobs import follow, launch, orders, output, stopping
from jobs.models import Decision, Job

from .prompted import ALL, EVERYTHING, decide, furnish, offer

ANSWERS = {
    "_tenant_shortname": "acme",
    "_customer_id": "K12345",
    "_epg_name": "web",
    "_vlan_id": "465",
    "_epg_fw": "true",
    "_epg_esx": "false",
    "_epg_baremetal": "false",
}


@pytest.fixture(autouse=True)
def _no_http_inside_a_transaction(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Each test in this folder also shows that Tower is never asked while a transaction is open."""
    real = HTTPAdapter.send

    def send(self: HTTPAdapter, *args: Any, **kwargs: Any) -> Any:
        assert not connection.in_atomic_block, "an HTTP call inside a database transaction"
        return real(self, *args, **kwargs)

    if "transactional_db" in request.fixturenames:
        monkeypatch.setattr(HTTPAdapter, "send", send)


@pytest.fixture
def controller(transactional_db: None, tower: TowerHarness) -> Controller:
    found = Controller.objects.create(name="Test Tower", url=tower.url, token=tower.token)
    examination.examine(found)
    sync.sync(found)
    tower.clear_requests()
    return Controller.objects.get(pk=found.pk)


@pytest.fixture
def sales(transactional_db: None) -> Group:
    return Group.objects.create(name="Sales")


@pytest.fixture
def alice(sales: Group) -> User:
    person = User.objects.create_user("alice", password="demo", first_name="Alice")
    person.groups.add(sales)
    return person


@pytest.fixture
def make_tile(controller: Controller) -> Callable[..., Tile]:
    def make(template: str, **fields: Any) -> Tile:
        found = Template.objects.get(controller=controller, name=template)
        slug = fields.pop("slug", f"tile-{uuid4().hex[:8]}")
        defaults = {"title": template.replace("_", " "), "for_everyone": True, "published": True}
        return Tile.objects.create(template=found, slug=slug, **defaults | fields)

    return make


@pytest.fixture
def tile(make_tile: Callable[..., Tile]) -> Tile:
    return make_tile(
        "New_Customer_L2_Setup",
        slug="new-network",
        title="New customer network",
        subject="{_tenant_shortname}, VLAN {_vlan_id}",
    )


@pytest.fixture
def leads(transactional_db: None) -> Group:
    return Group.objects.create(name="Network leads")


@pytest.fixture
def carol(leads: Group) -> User:
    person = User.objects.create_user("carol", password="demo", first_name="Carol")
    person.groups.add(leads)
    return person


@pytest.fixture
def signed_tile(make_tile: Callable[..., Tile], leads: Group) -> Tile:
    """A workflow in which network leads decide."""
    tile = make_tile("Onboarding with sign-off", title="New network with sign-off")
    tile.approvers.add(leads)
    return tile


@pytest.fixture
def plain_workflow(make_tile: Callable[..., Tile], place: Any, tower: TowerHarness, work: Any) -> tuple[Job, int]:
    """An order whose workflow runs, with its first step begun; and Tower's id of it."""
    job = place(of=make_tile("Customer onboarding"), **ANSWERS)
    work()
    job.refresh_from_db()
    tower.start(job.tower_id)
    work()
    return job, job.tower_id


@pytest.fixture
def place(alice: User, tile: Tile) -> Callable[..., Job]:
    """Order a tile as the page does: through its form."""

    def order(*, of: Tile | None = None, by: User | None = None, form_key: UUID | None = None, **answers: str) -> Job:
        given = ANSWERS | answers if of is None else answers
        data = QueryDict(mutable=True)
        data.update({f"a-{name}": value for name, value in given.items() if value is not None})
        form = LaunchForm(of or tile, data)
        assert form.is_valid(), form.errors
        placed = orders.place(
            tile=of or tile, by=by or alice, asked=form.launch_request(), form_key=form_key or uuid4()
        )
        return placed.job

    return order


@pytest.fixture
def work() -> Callable[..., None]:
    """Run what the workers would: the sweep, one tick of following, and the reading of output."""

    def rounds(times: int = 1, *, later: timedelta = timedelta()) -> None:
        for _ in range(times):
            if later:
                past = timezone.now() - timedelta(seconds=1)
                Job.objects.update(due_at=past)
                Job.objects.exclude(stop_due_at=None).update(stop_due_at=past)
                Decision.objects.update(due_at=past)
            for job_id in Job.objects.due(timezone.now()).values_list("pk", flat=True):
                launch.launch(job_id)
            for job_id in Job.objects.to_stop(timezone.now()).values_list("pk", flat=True):
                stopping.stop(job_id)
            for decision_id in Decision.objects.due(timezone.now()).values_list("pk", flat=True):
                deciding.send(decision_id)
            for controller_id in Controller.objects.values_list("pk", flat=True):
                follow.follow(controller_id)
            for job_id in Job.objects.unread(timezone.now()).values_list("pk", flat=True):
                output.collect(job_id)

    return rounds


@pytest.fixture
def at_once(settings: Any) -> None:
    """Nothing has to settle; time limits are long enough for the busiest machine."""
    settings.TOWER_SETTLE_SECONDS = 0
    settings.TOWER_READ_TIMEOUT = 20.0
    settings.TOWER_LAUNCH_TIMEOUT = 20.0


@pytest.fixture
def impatient(at_once: None, settings: Any) -> None:
    """For a Tower that hangs: it is not waited for long."""
    settings.TOWER_CONNECT_TIMEOUT = 1.0
    settings.TOWER_READ_TIMEOUT = 2.0


@pytest.fixture
def furnished(tower: TowerHarness, controller: Controller) -> TowerHarness:
    """A Tower with something to choose from at launch."""
    furnish(tower)
    return tower


@pytest.fixture
def everything(furnished: TowerHarness, controller: Controller, make_tile: Callable[..., Tile]) -> Tile:
    """A tile that asks for all that Tower can ask for at launch."""
    offer(furnished, controller, "Ask for everything", ask=EVERYTHING, credentials=["Fabric machine"])
    tile = make_tile("Ask for everything", slug="everything", title="Everything")
    decide(tile, **ALL)
    return tile
