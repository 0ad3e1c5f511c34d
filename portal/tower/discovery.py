"""Which API answers at an address: the AAP controller behind its gateway, Tower and AWX themselves, or an old Tower."""

from typing import Any, Protocol

from portal.tower import answers, generations
from portal.tower.errors import Denied, Gone, Rejected, TowerError, Uncertain
from portal.tower.generations import Generation
from portal.tower.records import Identity
from portal.tower.wire import Answer

BASES = ("/api/controller/v2/", "/api/v2/", "/api/v1/")
PAGE = (
    "A web page answers where Tower's API should be: a sign-in or maintenance page stands before it, or the URL is not"
    " Tower's own."
)
LOCKED = (
    "What answers here wants a sign-in before it says what it is: a proxy stands before Tower, or the URL is wrong."
)
STRANGER = "Something answers at this address, but it is not Tower."
NOTHING = "There is no Tower API at this address (status 404). Is its URL complete, and without /api/?"


class Asks(Protocol):
    def peek(self, path: str) -> Answer:
        """The answer to a GET without an account, whatever its status. Raises Unreachable, Uncertain."""


def discover(line: Asks) -> Identity:
    """Ask each API's ping, which needs no account. A Tower that does not answer the first is not asked the second.

    Raises TowerError, with what tells most of what is wrong.
    """
    troubles: list[tuple[int, TowerError]] = []
    for base in BASES:
        answer = line.peek(f"{base}ping/")
        try:
            pong = answers.read(answer)
        except (Uncertain, Denied, Gone, Rejected) as trouble:
            troubles.append(_told(answer, trouble))
            continue
        if isinstance(pong, dict) and pong.get("version"):
            return _identity(line, answer, pong, base)
        troubles.append((2, Uncertain(STRANGER)))
    raise max(troubles, key=lambda one: one[0])[1]


def _told(answer: Answer, trouble: TowerError) -> tuple[int, TowerError]:
    """How much an answer tells, and what."""
    status = answer.status
    if status in {401, 403}:
        return 2, Uncertain(LOCKED)
    if status == 404:
        return 1, Uncertain(NOTHING)
    if status == 200 and "html" in answer.headers.get("Content-Type", "").lower():
        return 3, Uncertain(PAGE)
    return (4 if status >= 500 else 3), trouble


def _identity(line: Asks, answer: Answer, pong: dict[str, Any], base: str) -> Identity:
    version = str(pong["version"])
    has_oauth2 = base == "/api/v2/" and generations.is_old(version) and _lists_oauth2(line)
    generation = generations.of(base, version, has_oauth2=has_oauth2)
    product = answer.headers.get("X-API-Product-Name", "") or _product(generation, version)
    return Identity.from_json(pong, base, generation, product[:100])


def _lists_oauth2(line: Asks) -> bool:
    """AWX 3.0 has OAuth2 and says so in the API's root; Tower 3.2, of nearly the same version, has not."""
    try:
        root = answers.read(line.peek("/api/"))
    except TowerError:
        return False
    return isinstance(root, dict) and "oauth2" in root


def _product(generation: Generation, version: str) -> str:
    """Old ones do not say: Tower was 3.x all its life, AWX is far beyond."""
    if generation is Generation.AAP:
        return "AAP controller"
    return "Ansible Tower" if version.startswith("3.") else "AWX"
