"""Start what schedules have planned for now."""

import threading
from datetime import UTC, datetime

from demo.tower import accepting, creating
from demo.tower.ledger import Job
from demo.tower.schedules import Schedule
from demo.tower.state import Tower

MOST_ACTIVE = 10  # jobs of one template, from which on Tower passes a date over


def tick(tower: Tower, now: datetime) -> list[Job]:
    """Launch every schedule whose date has come, once each however many dates were missed."""
    started = []
    with tower.schedules.lock:
        for schedule in list(tower.schedules.by_id.values()):
            if schedule.is_due(now):
                if (job := _launch(tower, schedule)) is not None:
                    started.append(job)
                schedule.reckon(now)
                tower.schedules.keep(schedule)
    return started


def _launch(tower: Tower, schedule: Schedule) -> Job | None:
    template = tower.world.templates.get(schedule.template)
    with tower.ledger.lock:
        active = [job for job in tower.ledger.jobs.values() if job.template == schedule.template and not job.ended]
    if template is None or len(active) >= MOST_ACTIVE:
        return None
    given = schedule.prompts | {"extra_vars": tower.schedules.clear_vars(schedule)}
    accepted, _, _ = accepting.sort_fields(template, given, strict=False)  # the template may have changed meanwhile
    return creating.create(tower, template, accepted, launch_type="scheduled", schedule=schedule.id)


class Ticker:
    """A thread that looks at the clock every second."""

    def __init__(self, tower: Tower) -> None:
        self._tower = tower
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True, name="ticker")

    def start(self) -> None:
        """Begin. What was missed while the process was away is launched now, once."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stop.set()
        self._thread.join(timeout=5)

    def _work(self) -> None:
        while not self._stop.wait(1):
            tick(self._tower, datetime.now(UTC))
