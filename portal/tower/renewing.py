"""Signing in with a token that is got from Tower, expires, and is replaced in time.

Nothing that goes wrong here leaves a request in doubt: it has not been sent yet, or was answered 401. So an uncertain
answer to signing in counts as Unreachable, which is safe to repeat.
"""

from typing import Protocol

from requests import PreparedRequest

from portal.tower.auth import Door, SignIn
from portal.tower.errors import Uncertain, Unreachable
from portal.tower.tickets import Keeper, Ticket


class Desk(Protocol):
    """Where tickets are made."""

    scheme: str  # "Bearer" or "Token"
    refused: str

    def ticket(self, door: Door, old: Ticket | None) -> Ticket:
        """A new one, by means of the old one if that can be renewed. Raises TowerError."""


class Renewing(SignIn):
    """A proof that changes. Not shared between threads; its keeper is."""

    def __init__(self, desk: Desk, keeper: Keeper) -> None:
        self._desk, self._keeper = desk, keeper
        self._ticket: Ticket | None = None
        self._tries = 0
        self.refused = desk.refused

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        if self._ticket:
            request.headers["Authorization"] = f"{self._desk.scheme} {self._ticket.token}"
        return request

    def __repr__(self) -> str:
        return f"Renewing({self._desk.scheme} …)"

    def ready(self, door: Door) -> None:
        self._tries = 0
        if self._ticket is None or self._ticket.stale:
            self._ticket = self._keeper.current() or self._another(door)

    def again(self, door: Door) -> bool:
        """Twice at most: the first new ticket may be one that another process got before it was revoked too."""
        self._tries += 1
        if self._tries > 2:
            self._keeper.give_up(self.refused)
            return False
        self._ticket = self._another(door)
        return True

    def _another(self, door: Door) -> Ticket:
        try:
            return self._keeper.replace(self._ticket, lambda old: self._desk.ticket(door, old))
        except Uncertain as trouble:
            sentence = str(trouble)
        raise Unreachable(sentence)
