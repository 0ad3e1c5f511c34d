"""From a Controller row to a client that speaks to that Tower."""

import os
import threading
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from catalog.models import Controller
from portal.encryption import Undecipherable
from portal.tower.auth import BearerToken
from portal.tower.client import Tower
from portal.tower.errors import TowerError, Unreachable

# A person waits for the answer to "test connection"; seconds.
QUICK_CONNECT, QUICK_READ = 3.0, 5.0


class _Clients(threading.local):
    def __init__(self) -> None:
        self.known: dict[int, tuple[tuple[object, ...], Tower]] = {}


_clients = _Clients()


@dataclass(frozen=True)
class Finding:
    """What a test of the connection found, in a sentence for operators."""

    ok: bool
    words: str


def tower(controller: Controller) -> Tower:
    """The client for a controller: one HTTP session per process, thread and controller.

    It is made anew when the row's address or token has changed, and in a process that was forked. Raises Unreachable if
    the stored token cannot be read.
    """
    token = _token(controller)
    if token is None:
        raise Unreachable("No key in PORTAL_SECRET_KEYS opens the stored token: bring the key back, or set it anew.")
    key = (os.getpid(), controller.url, token, controller.ca_bundle, controller.api_base)
    known = _clients.known.get(controller.pk)
    if known and known[0] == key:
        return known[1]
    client = _client(controller, settings.TOWER_CONNECT_TIMEOUT, settings.TOWER_READ_TIMEOUT)
    if known and known[0][0] == key[0]:
        known[1].close()
    if controller.pk:
        _clients.known[controller.pk] = (key, client)
    return client


def _client(controller: Controller, connect_timeout: float, read_timeout: float) -> Tower:
    return Tower(
        controller.url,
        BearerToken(controller.token),
        base=controller.api_base,
        verify=controller.ca_bundle or True,
        connect_timeout=connect_timeout,
        read_timeout=read_timeout,
        launch_timeout=settings.TOWER_LAUNCH_TIMEOUT,
    )


def first_controller() -> Controller | None:
    """The controller that TOWER_URL and TOWER_TOKEN describe, made or brought up to date; None without TOWER_URL.

    It is known by TOWER_NAME, or by its URL if an operator has renamed it. A stored token that no key opens any more
    is replaced. Raises ImproperlyConfigured if TOWER_TOKEN is missing.
    """
    if not settings.TOWER_URL:
        return None
    if not settings.TOWER_TOKEN:
        raise ImproperlyConfigured("TOWER_TOKEN (or TOWER_TOKEN_FILE) must be set when TOWER_URL is.")
    address = {"url": settings.TOWER_URL.rstrip("/"), "ca_bundle": settings.TOWER_CA_BUNDLE}
    rows = Controller.objects.defer("token")
    known = rows.filter(name=settings.TOWER_NAME).first() or rows.filter(url=address["url"]).first()
    if known is None:
        known, _ = rows.get_or_create(name=settings.TOWER_NAME, defaults=address | {"token": settings.TOWER_TOKEN})
    changes: dict[str, str] = {name: value for name, value in address.items() if getattr(known, name) != value}
    if "url" in changes:
        changes["api_base"] = ""
    if _token(known) != settings.TOWER_TOKEN:
        changes["token"] = settings.TOWER_TOKEN
    if changes:
        Controller.objects.filter(pk=known.pk).update(**changes)
    return Controller.objects.get(pk=known.pk)


def _token(controller: Controller) -> str | None:
    try:
        return str(controller.token)
    except Undecipherable:
        return None


def examine(controller: Controller) -> Finding:
    """Ask a Tower who it is and who we are there, within seconds, and write down what it said.

    Call it outside of transactions: Tower may take its time.
    """
    try:
        client = _client(controller, QUICK_CONNECT, QUICK_READ)
        identity, account = client.identify(), client.me()
    except (TowerError, Undecipherable) as trouble:
        controller.failed_us(str(trouble))
        return Finding(ok=False, words=str(trouble))
    another = controller.install_uuid not in {"", identity.install_uuid}
    found = {
        "api_base": identity.base,
        "version": identity.version,
        "install_uuid": identity.install_uuid,
        "account_id": account.id,
        "account_name": account.username,
    }
    Controller.objects.filter(pk=controller.pk).update(**found)
    for name, value in found.items():
        setattr(controller, name, value)
    controller.answered()
    words = f"Connected to {controller.name}, version {identity.version}, as {account.username}."
    if another:
        words += " It is another installation than before: check that its templates are still the right ones."
    return Finding(ok=True, words=words)
