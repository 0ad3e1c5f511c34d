"""Mirror what there is to choose from at launch: the objects in Tower that our account may use."""

from collections.abc import Iterable
from typing import Any

from catalog.models import Controller, TowerObject
from catalog.prompts import read
from portal.tower.client import Tower
from portal.tower.objects import ObjectRecord

Found = dict[str, list[ObjectRecord]]


def fetch(tower: Tower, templates: Iterable[dict[str, Any]]) -> Found:
    """The objects of each kind that one of these templates asks for. Raises TowerError."""
    kinds = {prompt.thing for columns in templates for prompt in read(columns["kind"], columns["prompts"])} - {""}
    return {kind: tower.objects(kind) for kind in sorted(kinds)}


def store(controller: Controller, found: Found) -> None:
    """Write what was read; call it in the transaction of a sync. Rows of what is gone are deleted."""
    rows = {(row.kind, row.tower_id): row for row in controller.things.all()}
    for kind, records in found.items():
        for record in records:
            _store_one(controller, rows.pop((kind, record.id), None), kind, record)
    controller.things.filter(pk__in=[row.pk for row in rows.values()]).delete()


def _store_one(controller: Controller, row: TowerObject | None, kind: str, record: ObjectRecord) -> None:
    columns = {
        "name": record.name[:512],
        "type_id": record.type_id,
        "type_name": record.type_name[:512],
        "vault_id": record.vault_id[:512],
        "passwords": list(record.passwords),
    }
    if row is None:
        TowerObject.objects.create(controller=controller, kind=kind, tower_id=record.id, **columns)
    elif any(getattr(row, name) != value for name, value in columns.items()):
        TowerObject.objects.filter(pk=row.pk).update(**columns)
