"""Tokens that Tower gave us, shared between processes: encrypted in the database, renewed by one process at a time.

Ten workers that each got a token of their own would leave ten in Tower, and with a wrong password lock the account ten
times faster. So whoever needs a new one claims the row by a conditional update; the others wait for what it stores.
"""

import threading
import time
from collections import defaultdict
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from catalog.controllers import Controller, TowerSession
from portal.encryption import Undecipherable, fingerprint
from portal.tower.errors import Denied, Unreachable
from portal.tower.tickets import REST, Obtain, Ticket
from portal.tower.ways import Credentials

LOOK_AGAIN = 0.1  # seconds between two looks at whether another process has a new one
UNUSED = timedelta(days=7)  # a place that has gone leaves its row behind


class SharedKeeper:
    """A `portal.tower.tickets.Keeper` for one controller, its credentials and, where need be, this machine."""

    _locks: defaultdict[tuple[int, str], threading.Lock] = defaultdict(threading.Lock)

    def __init__(self, controller_id: int, url: str, credentials: Credentials, place: str = "") -> None:
        parts = (url, credentials.way, credentials.username, credentials.password, credentials.client_id)
        self._stamp = fingerprint("\n".join([*parts, credentials.client_secret]))
        self._controller_id, self._place = controller_id, place
        self._lock = SharedKeeper._locks[controller_id, place]

    def current(self) -> Ticket | None:
        row = self._rows().filter(stamp=self._stamp).first()
        found = _ticket(row) if row else None
        return found if found and not found.stale else None

    def replace(self, bad: Ticket | None, obtain: Obtain) -> Ticket:
        """The one that took the place of `bad`. Raises what `obtain` raises, and Unreachable if others are slow."""
        patience = time.monotonic() + self._lease
        with self._lock:
            while True:
                row = self._row()
                kept = _ticket(row) if row.stamp == self._stamp else None
                if kept and not kept.stale and kept != bad:
                    return kept
                self._respect_refusal(row)
                until = timezone.now() + timedelta(seconds=self._lease)
                if self._claim(row, until):
                    return self._renew(row, kept, obtain)
                if time.monotonic() > patience:
                    raise Unreachable("Another process is signing in to Tower and does not come back.")
                time.sleep(LOOK_AGAIN)

    def give_up(self, why: str) -> None:
        self._rows().filter(stamp=self._stamp).update(refused=why[:500], refused_at=timezone.now())

    @property
    def _lease(self) -> float:
        """Seconds; longer than two requests can take."""
        return float(2 * (2 * settings.TOWER_CONNECT_TIMEOUT + settings.TOWER_READ_TIMEOUT) + 10)

    def _rows(self) -> QuerySet[TowerSession]:
        return TowerSession.objects.filter(controller_id=self._controller_id, place=self._place).defer("ticket")

    def _row(self) -> TowerSession:
        row = self._rows().first()
        if row is None:
            TowerSession.objects.filter(used_at__lt=timezone.now() - UNUSED).delete()
            row, _ = self._rows().get_or_create(controller_id=self._controller_id, place=self._place)
        return row

    def _respect_refusal(self, row: TowerSession) -> None:
        """Raise the refusal of a moment ago again, rather than have Tower count another wrong password."""
        since = row.refused_at
        if row.refused and since and row.stamp == self._stamp and timezone.now() - since < timedelta(seconds=REST):
            raise Denied(row.refused, 401)

    def _claim(self, row: TowerSession, until: datetime) -> bool:
        free = Q(renewing_until=None) | Q(renewing_until__lt=timezone.now())
        mine = TowerSession.objects.filter(free, pk=row.pk, serial=row.serial, refused_at=row.refused_at)
        return mine.update(renewing_until=until) == 1

    def _renew(self, row: TowerSession, kept: Ticket | None, obtain: Obtain) -> Ticket:
        mine = TowerSession.objects.filter(pk=row.pk, serial=row.serial)
        done: dict[str, object] = {"renewing_until": None}
        try:
            ticket = obtain(kept)
            done |= {"ticket": ticket.packed(), "serial": F("serial") + 1, "stamp": self._stamp}
            done |= {"refused": "", "refused_at": None, "used_at": timezone.now()}
        except Denied as refused:
            done |= {"refused": str(refused)[:500], "refused_at": timezone.now(), "stamp": self._stamp, "ticket": ""}
            raise
        finally:
            mine.update(**done)
        return ticket


def forget_refusals(controller: Controller) -> None:
    """Let the next sign-in ask Tower at once: an operator says that it will work now."""
    TowerSession.objects.filter(controller_id=controller.pk).update(refused="", refused_at=None)


def _ticket(row: TowerSession) -> Ticket | None:
    """None if there is none, or none that can be read here."""
    try:
        return Ticket.unpacked(row.ticket) if row.ticket else None
    except (Undecipherable, ValueError, TypeError):
        return None
