"""Test a connection: does Tower answer, which one is it, who are we there, and what is missing for orders to go out?"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from catalog import connections, environment, sessions
from catalog.models import Controller, Template
from portal.encryption import Undecipherable
from portal.tower import advice
from portal.tower.client import Tower
from portal.tower.errors import Denied, TowerError
from portal.tower.records import Account, Identity
from portal.tower.ways import Way


@dataclass(frozen=True)
class Finding:
    """What a test of the connection found, in sentences for operators; `missing` are things to put right in Tower."""

    ok: bool
    words: str
    missing: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return " ".join([self.words, *self.missing])


def examine(controller: Controller, *, fit_way: bool = False) -> Finding:
    """Ask a Tower who it is and who we are there, within seconds, and write down what it said.

    `fit_way`: choose between the two ways of user name and password by its version. Call it outside of transactions:
    Tower may take its time.
    """
    sessions.forget_refusals(controller)
    try:
        client = connections.quick_tower(controller)
        identity = client.identify()
        controller.found(identity)
        if fit_way:
            environment.fit_way(controller)
            client = connections.quick_tower(controller)
        account = _account(client, identity, Way(controller.way))
    except Undecipherable:
        return _failed(controller, connections.UNREADABLE)
    except TowerError as trouble:
        return _failed(controller, str(trouble))
    another = controller.install_uuid not in {"", identity.install_uuid}
    _write_down(controller, identity, account)
    where = f"{identity.product}, found as {identity.generation.words} at {identity.base}"
    words = f"Connected to {controller.name}, version {identity.version} ({where}), as {account.username}."
    if another:
        words += " It is another installation than before: check that its templates are still the right ones."
    count, missing = _roles(client, controller, account)
    return Finding(ok=True, words=f"{words} {count}".rstrip(), missing=missing)


def _account(client: Tower, identity: Identity, way: Way) -> Account:
    try:
        return client.me()
    except Denied as refused:
        sentence = f"{refused} {advice.on_refusal(identity, way)}".rstrip()
        status = refused.status
    raise Denied(sentence, status)


def _failed(controller: Controller, words: str) -> Finding:
    controller.failed_us(words)
    return Finding(ok=False, words=words)


def _write_down(controller: Controller, identity: Identity, account: Account) -> None:
    columns = {
        "install_uuid": identity.install_uuid,
        "account_id": account.id,
        "account_name": account.username,
    }
    Controller.objects.filter(pk=controller.pk).update(**columns)
    for name, value in columns.items():
        setattr(controller, name, value)
    controller.answered()


def _roles(client: Tower, controller: Controller, account: Account) -> tuple[str, list[str]]:
    """How many templates it may start, and what it lacks."""
    needed = set(Template.objects.filter(controller=controller, tiles__published=True).values_list("name", flat=True))
    try:
        seen = client.templates()
        startable = [record for record in seen if record.can_start]
        asked = {prompt for record in startable for prompt, asks in record.asks.items() if asks}
        usable = set(_usable(client, asked))
    except TowerError as trouble:
        return f"Its templates could not be listed: {trouble}", []
    missing = advice.shortcomings(account, seen, needed, Way(controller.way)) + advice.for_prompts(seen, usable)
    return f"It may start {len(startable)} of the {len(seen)} templates it sees.", missing


def _usable(client: Tower, asked: set[str]) -> Iterator[str]:
    for prompt, (kind, _thing) in advice.PROMPTS.items():
        if f"ask_{prompt}_on_launch" in asked and client.may_use_any(kind):
            yield kind
