"""One HTTP exchange with Tower, and how far it got.

Whether a failed request was sent decides whether it may be sent again. Exceptions tell that only in part (a reset is
a reset, before the first byte or after the last), so our connections note it themselves: `_flight.sent` turns true
when the first byte of a request is about to leave. They also keep one deadline for the whole exchange, since the time
limit of a socket starts anew with each byte that drips in.

The environment's proxies are used; its CA bundles and ~/.netrc are not, since they would replace what the operator
gave for this Tower. Redirects are never followed and cookies never kept: a session cookie beside Basic makes Tower
ask for a CSRF token.
"""

import http.client
import io
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.exceptions import InvalidSchema
from requests.utils import get_environ_proxies
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from portal.tower.errors import Uncertain

LATE = "Tower did not answer in time."
BROKEN = "The connection to Tower broke before its answer was complete."
MAX_BODY = 20 * 1024 * 1024  # bytes; 200 list rows take about 0.6 MB


@dataclass(frozen=True)
class Answer:
    """What came back, whole. The body may hold secrets, so `repr` leaves it out."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


class NotSent(Exception):
    """No byte of the request left this machine; `cause` is the library's exception."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(type(cause).__name__)
        self.cause = cause


class _Flight(threading.local):
    """The exchange that this thread is in."""

    sent = False
    connecting = False
    reused = False
    broke = False
    deadline = float("inf")


_flight = _Flight()


class _TimedReader(io.RawIOBase):
    def __init__(self, sock: socket.socket) -> None:
        self._sock, self._limit, self._deadline = sock, sock.gettimeout(), _flight.deadline
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
    """For a urllib3 connection: notes in `_flight` what has left."""

    response_class = _TimedResponse
    answered_before = False
    sock: Any

    def connect(self) -> None:
        _flight.connecting = True  # what a proxy's CONNECT sends is no part of the request
        try:
            super().connect()  # type: ignore[misc]
        finally:
            _flight.connecting = False

    def request(self, *args: Any, **options: Any) -> None:
        _flight.reused = self.answered_before
        super().request(*args, **options)  # type: ignore[misc]

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        if not _flight.connecting:
            _flight.sent = True
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


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        if proxy.lower().startswith("socks"):
            raise InvalidSchema("SOCKS proxies are not supported")  # their connections would not be watched
        manager = super().proxy_manager_for(proxy, **options)
        manager.pool_classes_by_scheme = _POOLS
        return manager


class _Session(requests.Session):
    def get_redirect_target(self, _response: requests.Response) -> str | None:
        return None


def _session(retries: urllib3.Retry) -> requests.Session:
    session = _Session()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers.update({"Accept": "application/json", "User-Agent": "tower-portal"})
    adapter = _Adapter(max_retries=retries)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


# Only connecting is tried again: what takes long once would take long twice.
_AGAIN = urllib3.Retry(total=1, connect=1, read=0, redirect=0, status=0, other=0, backoff_factor=0.2)
_ONCE = urllib3.Retry(total=0, redirect=0, raise_on_status=False)


class Wire:
    """HTTP to one host, with one account. Not shared between threads. All times in seconds."""

    def __init__(self, auth: requests.auth.AuthBase, *, verify: bool | str, connect_timeout: float) -> None:
        self._auth, self._verify, self._connect_timeout = auth, verify, connect_timeout
        self._session = _session(_AGAIN)

    def get(self, url: str, *, timeout: float) -> Answer:
        """Ask. Twice if a connection that had rested was found closed. Raises NotSent, Uncertain."""
        try:
            return self._exchange(self._session, "GET", url, timeout=timeout)
        except Uncertain:
            if not (_flight.reused and _flight.broke):
                raise
        self._session.close()
        return self._exchange(self._session, "GET", url, timeout=timeout)

    def post(self, url: str, body: bytes, *, timeout: float) -> Answer:
        """Send once, on a connection of its own. Raises NotSent, Uncertain."""
        headers = {"Content-Type": "application/json", "Connection": "close"}
        with _session(_ONCE) as session:
            return self._exchange(session, "POST", url, timeout=timeout, data=body, headers=headers)

    def close(self) -> None:
        self._session.close()

    def _exchange(self, session: requests.Session, method: str, url: str, *, timeout: float, **rest: Any) -> Answer:
        _flight.sent = _flight.connecting = _flight.reused = _flight.broke = False
        _flight.deadline = time.monotonic() + 2 * self._connect_timeout + timeout
        try:
            with session.request(
                method,
                url,
                auth=self._auth,
                verify=self._verify,
                proxies=get_environ_proxies(url),
                timeout=(self._connect_timeout, timeout),
                allow_redirects=False,
                stream=True,
                **rest,
            ) as response:
                return Answer(response.status_code, response.headers, _body(response))
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            late = isinstance(error, requests.Timeout) or "timed out" in str(error) or "too long" in str(error)
            _flight.broke = not late
            failure = Uncertain(LATE if late else BROKEN) if _flight.sent else NotSent(error)
        # Raised out here, so that the library's exception, which holds the request with its secrets, is not chained.
        raise failure


def _body(response: requests.Response) -> bytes:
    body = bytearray()
    for piece in response.iter_content(65536):
        body += piece
        if len(body) > MAX_BODY:
            raise Uncertain(f"Tower's answer is larger than {MAX_BODY // 1024 // 1024} MB.")
    return bytes(body)
