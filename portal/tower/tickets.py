"""Tokens that Tower gave us for a while, and where they are kept."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from threading import Lock
from typing import Protocol, Self

from portal.tower.errors import Denied

AHEAD = 60.0  # seconds before its end at which a token is replaced; a tenth of its life if that is shorter
LONGEST = 365 * 86_400.0  # AWX's default is a thousand years
REST = 60.0  # seconds for which a refused sign-in is not tried again: Tower may lock an account


@dataclass(frozen=True)
class Ticket:
    """A token, what renews it, and from when on it should be replaced (seconds since the epoch, by our clock)."""

    token: str = field(repr=False)
    refresh: str = field(default="", repr=False)
    stale_at: float = float("inf")

    @classmethod
    def lasting(cls, token: str, seconds: float, refresh: str = "") -> Self:
        """One that Tower takes for so long from now on."""
        life = max(0.0, min(seconds, LONGEST))
        return cls(token, refresh, time.time() + life - min(AHEAD, life / 10))

    @property
    def stale(self) -> bool:
        return time.time() >= self.stale_at

    def packed(self) -> str:
        """As text that holds the secrets: encrypt it."""
        return json.dumps(asdict(self))

    @classmethod
    def unpacked(cls, text: str) -> Self:
        """Raises ValueError, TypeError for what is no packed ticket."""
        return cls(**json.loads(text))


Obtain = Callable[[Ticket | None], Ticket]


class Keeper(Protocol):
    """Where the ticket of one account is kept."""

    def current(self) -> Ticket | None:
        """The one kept, if it is not stale."""

    def replace(self, bad: Ticket | None, obtain: Obtain) -> Ticket:
        """The one that took the place of `bad`: another's, or what `obtain` makes of the one kept.

        One at a time. Raises what `obtain` raises; a refusal at once again for a minute, without asking Tower.
        """

    def give_up(self, why: str) -> None:
        """Even a new ticket was refused: do not get another for a minute."""


class Pocket:
    """Keeps it in memory, for the threads of one process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._ticket: Ticket | None = None
        self._refused, self._until = "", 0.0

    def current(self) -> Ticket | None:
        return self._ticket if self._ticket and not self._ticket.stale else None

    def replace(self, bad: Ticket | None, obtain: Obtain) -> Ticket:
        with self._lock:
            found = self.current()
            if found and found != bad:
                return found
            if time.monotonic() < self._until:
                raise Denied(self._refused, 401)
            try:
                self._ticket = obtain(self._ticket)
            except Denied as refused:
                self.give_up(str(refused))
                raise
            return self._ticket

    def give_up(self, why: str) -> None:
        self._refused, self._until = why, time.monotonic() + REST
