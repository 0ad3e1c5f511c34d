"""What else was so when an exchange was recorded: hosts that came and went, schedules, callbacks, trouble."""

from collections.abc import Callable
from typing import Any

from demo.tower import making
from demo.tower.harness import TowerHarness
from demo.tower.ledger import Job
from demo.tower.world import Host, Inventory

ONCE = "DTSTART:20300101T120000Z RRULE:FREQ=DAILY;INTERVAL=1;COUNT=1"


def arrange(tower: TowerHarness, given: dict[str, str]) -> None:
    """Bring about all of it."""
    for name, value in given.items():
        if name in KINDS:
            KINDS[name](tower, value)


def host(tower: TowerHarness, name: str) -> None:
    """A host more in the first inventory."""
    tower.tower.world.inventories[2].hosts.append(Host(5, name))


def inventory(tower: TowerHarness, pk: str) -> None:
    """One inventory more."""
    tower.tower.world.inventories[int(pk)] = Inventory(int(pk), "Soon gone")


def without(tower: TowerHarness, thing: str) -> None:
    """The time before a thing was made."""
    kind, name = thing.split(" ", 1)
    if kind == "users":
        del tower.tower.accounts.by_id[tower.tower.accounts.named(name).id]
        return
    things = getattr(tower.tower.world, kind)
    del things[next(pk for pk, one in things.items() if one.name == name)]


def schedules(tower: TowerHarness, numbers: str) -> None:
    """Schedules with these ids; the first is called "once"."""
    me = tower.tower.accounts.named("portal-svc").id
    for number, template, name in zip(numbers.split(", "), (9, 14), ("once", "x"), strict=True):
        fields = {"name": name, "template": template, "rrule": ONCE, "created_by": me, "modified_by": me}
        tower.tower.schedules.add(int(number), **fields)


def callback(tower: TowerHarness, state: str) -> None:
    """Two jobs that a machine has called for."""
    for pk in (69, 70):
        job = _create(tower, pk, 22, {"limit": "127.0.0.1"}, launch_type="callback")
        if state != "pending":
            tower.finish(job.id)


def sliced(tower: TowerHarness, numbers: str) -> None:
    """A sliced job's workflow, and its two slices."""
    admin = tower.tower.accounts.named("admin").id
    parent = _create(tower, 26, 15, {"inventory": 2}, kind="workflow_job", is_sliced=True, created_by=admin)
    tower.tower.ledger.start(parent)
    fields: dict[str, Any] = {"launch_type": "workflow", "workflow": parent.id, "created_by": admin}
    for number in numbers.split(", "):
        job = _create(tower, int(number), 15, {"inventory": 2}, **fields)
        tower.finish(job.id)


def workflow(tower: TowerHarness, number: str) -> None:
    """A workflow that has just been launched."""
    _create(tower, int(number), 25, {}, kind="workflow_job", created_by=tower.tower.accounts.named("portal-svc").id)


def fault(tower: TowerHarness, kind: str) -> None:
    """Trouble that lasts: with launches only, if Tower has acted all the same."""
    tower.fault(kind, on="launch" if kind == "error_after" else "any", times=0)


def _create(
    tower: TowerHarness, pk: int, template: int, accepted: dict[str, Any], kind: str = "job", **fields: Any
) -> Job:
    ledger = tower.tower.ledger
    ledger._last = pk - 1
    made = making.job_fields(tower.tower.world.templates[template], accepted) | fields
    job = ledger.create(kind, {}, **made)
    ledger._last = 100
    return job


KINDS: dict[str, Callable[[TowerHarness, str], None]] = {
    "host": host,
    "inventory": inventory,
    "without": without,
    "schedules": schedules,
    "callback": callback,
    "sliced": sliced,
    "workflow": workflow,
    "fault": fault,
}
