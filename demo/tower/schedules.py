"""Schedules: templates that are launched at a time, once or again and again."""

import dataclasses
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from demo.tower import clock, recurrence
from demo.tower.store import Store
from demo.tower.vault import Vault


@dataclass
class Schedule:
    """A rule, and what its jobs are launched with. `extra_data` is masked; `sealed` holds what was masked."""

    id: int
    name: str
    rrule: str
    template: int
    created_by: int
    modified_by: int
    created: str = field(default_factory=clock.now)
    modified: str = field(default_factory=clock.now)
    description: str = ""
    enabled: bool = True
    extra_data: dict[str, Any] = field(default_factory=dict)
    sealed: str = ""
    prompts: dict[str, Any] = field(default_factory=dict)
    dtstart: str | None = None
    dtend: str | None = None
    next_run: str | None = None

    def reckon(self, now: datetime) -> None:
        """Work out its dates anew. A disabled schedule has no next one."""
        times = recurrence.Times(self.rrule)
        coming = times.after(now) if self.enabled else []
        self.dtstart, self.dtend = recurrence.shown(times.first), recurrence.shown(times.last)
        self.next_run = recurrence.shown(coming[0]) if coming else None

    def is_due(self, now: datetime) -> bool:
        """Whether its date has come."""
        return self.next_run is not None and datetime.fromisoformat(self.next_run) <= now


class Schedules:
    """All schedules, in memory and on disk."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self._store, self._vault = store, vault
        self.lock = threading.RLock()
        self.by_id: dict[int, Schedule] = {}
        self.load()

    def load(self) -> None:
        """Read them from the disk."""
        with self.lock:
            self.by_id = {doc["id"]: Schedule(**doc) for doc in self._store.schedules()}

    def add(self, pk: int | None = None, **fields: Any) -> Schedule:
        """Keep a new schedule, with the next free id if none is wanted."""
        with self.lock:
            schedule = Schedule(pk or self._store.new_schedule(), **fields)
            self.by_id[schedule.id] = schedule
            self.save(schedule)
            return schedule

    def save(self, schedule: Schedule) -> None:
        """Work out the dates of a schedule, and write it through."""
        schedule.reckon(datetime.now(UTC))
        self.keep(schedule)

    def keep(self, schedule: Schedule) -> None:
        """Write a schedule through as it is."""
        self._store.save_schedule(schedule.id, dataclasses.asdict(schedule))

    def drop(self, schedule: Schedule) -> None:
        """Forget a schedule."""
        with self.lock:
            self.by_id.pop(schedule.id, None)
            self._store.delete_schedule(schedule.id)

    def seal(self, secret: dict[str, Any]) -> str:
        """Variables that are never shown, as they are kept."""
        return self._vault.seal({"vars": secret}) if secret else ""

    def clear_vars(self, schedule: Schedule) -> dict[str, Any]:
        """The variables of a schedule's jobs, nothing masked."""
        return schedule.extra_data | dict(self._vault.open(schedule.sealed).get("vars", {}))
