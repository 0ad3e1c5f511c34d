"""Connections that note how far a request got, and that keep one deadline for a whole exchange.

Exceptions tell only in part whether a request was sent (a reset is a reset, before the first byte or after the last),
so the connections note it themselves: `flight.sent` turns true when the first byte of a request is about to leave.
The deadline is there because the time limit of a socket starts anew with each byte that drips in.
"""

import http.client
import io
import socket
import threading
import time
from typing import Any

from requests.adapters import HTTPAdapter
from requests.exceptions import InvalidSchema
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


class Flight(threading.local):
    """The exchange that this thread is in."""

    sent = False
    connecting = False
    reused = False
    broke = False
    deadline = float("inf")

    def begin(self, seconds: float) -> None:
        """A new exchange, which may take so long."""
        self.sent = self.connecting = self.reused = self.broke = False
        self.deadline = time.monotonic() + seconds


flight = Flight()


class _TimedReader(io.RawIOBase):
    def __init__(self, sock: socket.socket) -> None:
        self._sock, self._limit, self._deadline = sock, sock.gettimeout(), flight.deadline
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer took too long")
        self._sock.settimeout(min(left, self._limit or left))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedSocket:
    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_TimedReader(self._sock))


class _TimedResponse(http.client.HTTPResponse):
    def __init__(self, sock: Any, *args: Any, **options: Any) -> None:
        super().__init__(_TimedSocket(sock), *args, **options)  # type: ignore[arg-type]  # it only calls makefile


class _Watched:
    """For a urllib3 connection: notes in `flight` what has left."""

    response_class = _TimedResponse
    answered_before = False
    sock: Any

    def connect(self) -> None:
        flight.connecting = True  # what a proxy's CONNECT sends is no part of the request
        try:
            super().connect()  # type: ignore[misc]
        finally:
            flight.connecting = False

    def request(self, *args: Any, **options: Any) -> None:
        flight.reused = self.answered_before
        super().request(*args, **options)  # type: ignore[misc]

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        if not flight.connecting:
            flight.sent = True
        super().send(data)  # type: ignore[misc]

    def getresponse(self) -> Any:
        answer = super().getresponse()  # type: ignore[misc]
        self.answered_before = True
        return answer


class _HTTP(_Watched, HTTPConnection):  # type: ignore[misc]
    pass


class _HTTPS(_Watched, HTTPSConnection):  # type: ignore[misc]
    pass


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _HTTP


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _HTTPS


_POOLS = {"http": _HTTPPool, "https": _HTTPSPool}


class WatchedAdapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        if proxy.lower().startswith("socks"):
            raise InvalidSchema("SOCKS proxies are not supported")  # their connections would not be watched
        manager = super().proxy_manager_for(proxy, **options)
        manager.pool_classes_by_scheme = _POOLS
        return manager
