"""Mirror a Tower's templates.

Everything is read first, then written in one transaction, so a Tower that fails half way changes nothing. Of the
lists Tower keeps, only templates that our account may start are wanted; one that is no longer among them is marked
gone and keeps its tiles.

Surveys and launch forms are read each time, up to two requests a template: editing a survey does not move the
template's `modified` (recorded on AWX 24.6: survey posted after creation, `modified` still that of the creation).
A survey that is switched off is not read, since Tower does not ask it. What there is to choose from (inventories,
credentials, …) is read for those kinds that a template asks for.
"""

import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from catalog import connections, objects
from catalog.models import Controller, Template
from portal.encryption import Undecipherable
from portal.tower.client import Tower
from portal.tower.errors import Gone, TowerError, Uncertain
from portal.tower.records import TemplateRecord

LEASE = timedelta(minutes=10)
PATIENCE = 480.0  # seconds for reading; well within the lease


@dataclass(frozen=True)
class Synced:
    """How many templates came, changed, went and came back; `trouble` says why nothing was done."""

    added: int = 0
    changed: int = 0
    gone: int = 0
    back: int = 0
    trouble: str = ""

    def __str__(self) -> str:
        return self.trouble or f"{self.added} added, {self.changed} changed, {self.gone} gone, {self.back} back"


def sync(controller: Controller) -> Synced:
    """Read a Tower's templates and write them down. One at a time per controller, held by a lease in its row.

    Call it outside of transactions. A failure is kept in `controller.sync_trouble`.
    """
    lease = timezone.now() + LEASE
    mine = Controller.objects.filter(pk=controller.pk, sync_lease_until=lease)
    if not _take_lease(controller, lease):
        return Synced(trouble="This Tower is being synced already.")
    try:
        offered = _read(controller)
        things = objects.fetch(connections.tower(controller), offered)
        return _write(controller, offered, things, lease)
    except (TowerError, Undecipherable) as trouble:
        mine.update(sync_trouble=str(trouble)[:500])
        return Synced(trouble=str(trouble))
    finally:
        mine.update(sync_lease_until=None)


def _take_lease(controller: Controller, until: datetime) -> bool:
    free = Q(sync_lease_until=None) | Q(sync_lease_until__lt=timezone.now())
    return Controller.objects.filter(free, pk=controller.pk).update(sync_lease_until=until) == 1


def _read(controller: Controller) -> list[dict[str, Any]]:
    """The columns of all templates our account may start. Raises TowerError."""
    tower = connections.tower(controller)
    identity = tower.identify()
    if controller.install_uuid not in {"", identity.install_uuid}:
        raise Uncertain("This is another installation of Tower than before. Test the connection if that is right.")
    controller.found(identity)
    seen = tower.templates()
    offered = [record for record in seen if record.can_start]
    if not offered:
        _believe_in_none(controller, tower, seen)
    deadline = time.monotonic() + PATIENCE
    found = []
    for record in offered:
        if time.monotonic() > deadline:
            raise Uncertain("Tower is too slow to read all of its templates.")
        try:
            found.append(_columns(tower, record))
        except Gone:
            continue  # deleted since the list was made
    return found


def _believe_in_none(controller: Controller, tower: Tower, seen: list[TemplateRecord]) -> None:
    """Raise Uncertain unless an offer of nothing is what Tower means: the account is the same, and sees nothing.

    A read-only token sees everything and may start nothing; another account's token sees other things.
    """
    if not controller.templates.filter(gone_at=None).exists():
        return
    if seen:
        raise Uncertain("Our account may see templates but start none: its token is read-only, or it lost its roles.")
    if tower.me().id != controller.account_id:
        raise Uncertain("The token now belongs to another account, which sees no templates.")


def _columns(tower: Tower, record: TemplateRecord) -> dict[str, Any]:
    form = tower.launch_form(record.kind, record.id)
    survey = tower.survey(record.kind, record.id) if record.survey_enabled else []
    defaults = form.get("defaults")
    return {
        "kind": record.kind,
        "tower_id": record.id,
        "name": record.name,
        "description": record.description,
        "survey_enabled": record.survey_enabled,
        "survey": survey,
        "prompts": {
            "asks": {name: value is True for name, value in form.items() if name.startswith("ask_")},
            "defaults": {name: value for name, value in (defaults or {}).items() if name != "extra_vars"},
            "variables_needed": form.get("variables_needed_to_start") or [],
            "passwords_needed": form.get("passwords_needed_to_start") or [],
            "inventory_needed": form.get("inventory_needed_to_start") is True,
        },
    }


@transaction.atomic
def _write(controller: Controller, offered: list[dict[str, Any]], things: objects.Found, lease: datetime) -> Synced:
    """Write what was read, if the lease is still ours and the row still means the same Tower."""
    now = timezone.now()
    ours = Controller.objects.filter(pk=controller.pk, sync_lease_until=lease, url=controller.url)
    if not ours.update(synced_at=now, sync_trouble=""):
        return Synced(trouble="It took so long that another sync took over, or the URL was changed meanwhile.")
    rows = {(row.kind, row.tower_id): row for row in controller.templates.all()}
    became = Counter(
        _write_one(controller, rows.pop((columns["kind"], columns["tower_id"]), None), columns, now)
        for columns in offered
    )
    objects.store(controller, things)
    gone = Template.objects.filter(pk__in=[row.pk for row in rows.values()], gone_at=None).update(gone_at=now)
    return Synced(became["added"], became["changed"], gone, became["back"])


def _write_one(controller: Controller, row: Template | None, columns: dict[str, Any], now: datetime) -> str:
    """What happened to the row: "added", "changed", "back" or nothing worth a word."""
    if row is None:
        Template.objects.create(controller=controller, synced_at=now, **columns)
        return "added"
    changed = {name: value for name, value in columns.items() if getattr(row, name) != value}
    Template.objects.filter(pk=row.pk).update(**changed, synced_at=now, gone_at=None)
    if row.gone_at:
        return "back"
    return "changed" if changed else ""
