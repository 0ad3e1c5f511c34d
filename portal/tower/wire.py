"""One HTTP exchange with Tower, and whether a failed one was sent, which decides whether it may be sent again.

The environment's proxies are used; its CA bundles and ~/.netrc are not, since they would replace what the operator
gave for this Tower. Redirects are never followed and cookies never kept: a session cookie beside Basic makes Tower
ask for a CSRF token.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.auth import AuthBase
from requests.utils import get_environ_proxies

from portal.tower.errors import Uncertain
from portal.tower.watched import WatchedAdapter, flight

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


class _Session(requests.Session):
    def get_redirect_target(self, _response: requests.Response) -> str | None:
        return None


def _session(retries: urllib3.Retry) -> requests.Session:
    session = _Session()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers.update({"Accept": "application/json", "User-Agent": "tower-portal"})
    adapter = WatchedAdapter(max_retries=retries)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


# Only connecting is tried again: what takes long once would take long twice.
_AGAIN = urllib3.Retry(total=1, connect=1, read=0, redirect=0, status=0, other=0, backoff_factor=0.2)
_ONCE = urllib3.Retry(total=0, redirect=0, raise_on_status=False)


class Wire:
    """HTTP to one host; `auth` signs a request. Not shared between threads. All times in seconds."""

    def __init__(self, *, verify: bool | str, connect_timeout: float) -> None:
        self._verify, self._connect_timeout = verify, connect_timeout
        self._session = _session(_AGAIN)

    def get(self, url: str, auth: AuthBase | None, *, timeout: float) -> Answer:
        """Ask. Twice if a connection that had rested was found closed. Raises NotSent, Uncertain."""
        try:
            return self._exchange(self._session, "GET", url, auth, timeout=timeout)
        except Uncertain:
            if not (flight.reused and flight.broke):
                raise
        self._session.close()
        return self._exchange(self._session, "GET", url, auth, timeout=timeout)

    def post(
        self, url: str, body: bytes, auth: AuthBase | None, *, timeout: float, kind: str = "application/json"
    ) -> Answer:
        """Send once, on a connection of its own. Raises NotSent, Uncertain."""
        headers = {"Content-Type": kind, "Connection": "close"}
        with _session(_ONCE) as session:
            return self._exchange(session, "POST", url, auth, timeout=timeout, data=body, headers=headers)

    def close(self) -> None:
        self._session.close()

    def _exchange(
        self, session: requests.Session, method: str, url: str, auth: AuthBase | None, *, timeout: float, **rest: Any
    ) -> Answer:
        flight.begin(2 * self._connect_timeout + timeout)
        try:
            with session.request(
                method,
                url,
                auth=auth,
                verify=self._verify,
                proxies=_proxies(url),
                timeout=(self._connect_timeout, timeout),
                allow_redirects=False,
                stream=True,
                **rest,
            ) as response:
                return Answer(response.status_code, response.headers, _body(response))
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            late = isinstance(error, requests.Timeout) or "timed out" in str(error) or "too long" in str(error)
            flight.broke = not late
            failure = Uncertain(LATE if late else BROKEN) if flight.sent else NotSent(error)
        # Raised out here, so that the library's exception, which holds the request with its secrets, is not chained.
        raise failure


def _proxies(url: str) -> dict[str, str]:
    """Those of the environment, but none to this very machine."""
    host = urlsplit(url).hostname or ""
    return {} if host in {"localhost", "::1"} or host.startswith("127.") else get_environ_proxies(url)


def _body(response: requests.Response) -> bytes:
    body = bytearray()
    for piece in response.iter_content(65536):
        body += piece
        if len(body) > MAX_BODY:
            raise Uncertain(f"Tower's answer is larger than {MAX_BODY // 1024 // 1024} MB.")
    return bytes(body)
