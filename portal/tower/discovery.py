"""Which API answers at an address: the AAP controller behind its gateway, or Tower and AWX themselves."""

from typing import Protocol

from portal.tower import answers
from portal.tower.errors import Denied, Gone, Rejected, TowerError, Uncertain
from portal.tower.records import Identity
from portal.tower.wire import Answer

BASES = ("/api/controller/v2/", "/api/v2/")


class Asks(Protocol):
    def get(self, path: str) -> Answer:
        """The answer, whatever its status. Raises Unreachable, Uncertain."""


def discover(wire: Asks) -> Identity:
    """Ask each API's ping, which needs no account. A Tower that does not answer the first is not asked the second.

    Raises TowerError.
    """
    troubles: list[TowerError] = []
    for base in BASES:
        answer = wire.get(f"{base}ping/")
        try:
            pong = answers.read(answer)
        except (Uncertain, Denied, Gone, Rejected) as trouble:
            troubles.append(trouble)
            continue
        if isinstance(pong, dict) and pong.get("version"):
            return Identity.from_json(pong, base)
        troubles.append(Uncertain("Something answers at this address, but it is not Tower."))
    raise troubles[-1]
