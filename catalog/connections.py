"""From a Controller row to a client that speaks to that Tower."""

import os
import socket
import threading

from django.conf import settings

from catalog.models import Controller
from catalog.sessions import SharedKeeper
from portal.encryption import Undecipherable
from portal.tower.client import Tower
from portal.tower.errors import Unreachable
from portal.tower.signin import sign_in
from portal.tower.tickets import Keeper, Pocket
from portal.tower.ways import Way

# A person waits for the answer to "test connection"; seconds.
QUICK_CONNECT, QUICK_READ = 3.0, 5.0
UNREADABLE = "No key in PORTAL_SECRET_KEYS opens the stored secrets: bring the key back, or set them anew."


class _Clients(threading.local):
    def __init__(self) -> None:
        self.known: dict[int, tuple[tuple[object, ...], Tower]] = {}


_clients = _Clients()


def tower(controller: Controller) -> Tower:
    """The client for a controller: one HTTP session per process, thread and controller.

    It is made anew when the row's address or way to sign in has changed, and in a process that was forked. Raises
    Unreachable if the stored secrets cannot be read.
    """
    try:
        credentials = controller.credentials
    except Undecipherable:
        raise Unreachable(UNREADABLE) from None
    address = (controller.url, controller.ca_bundle, controller.api_base, controller.generation)
    key = (os.getpid(), credentials, *address)
    known = _clients.known.get(controller.pk)
    if known and known[0] == key:
        return known[1]
    client = _client(controller, settings.TOWER_CONNECT_TIMEOUT, settings.TOWER_READ_TIMEOUT)
    if known and known[0][0] == key[0]:
        known[1].close()
    if controller.pk:
        _clients.known[controller.pk] = (key, client)
    return client


def quick_tower(controller: Controller) -> Tower:
    """A client for a person who waits, that finds out anew which API answers. Raises Undecipherable."""
    return _client(controller, QUICK_CONNECT, QUICK_READ)


def _client(controller: Controller, connect_timeout: float, read_timeout: float) -> Tower:
    return Tower(
        controller.url,
        sign_in(controller.credentials, _keeper(controller)),
        base=controller.api_base,
        generation=controller.known_generation,
        verify=controller.ca_bundle or True,
        connect_timeout=connect_timeout,
        read_timeout=read_timeout,
        launch_timeout=settings.TOWER_LAUNCH_TIMEOUT,
    )


def _keeper(controller: Controller) -> Keeper:
    """One for all processes; for an authtoken one for each machine, since Tower ties it to where we come from."""
    if not controller.pk:
        return Pocket()
    place = socket.gethostname()[:255] if controller.way == Way.AUTHTOKEN else ""
    return SharedKeeper(controller.pk, controller.url, controller.credentials, place)
