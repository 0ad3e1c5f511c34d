"""Requests to one Tower, signed in: where they go, what became of them, and a new proof after a 401.

A request that was answered 401 is sent again with a new proof, a launch too: 401 means that it "has not been applied"
(RFC 9110, 15.5.2), and in Tower authentication comes before the view is entered (Django REST framework, views.py:
APIView.dispatch calls `initial` first). Nothing else that was sent is ever sent again here.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from requests.auth import AuthBase

from portal.tower import answers
from portal.tower.auth import SignIn
from portal.tower.causes import words_for
from portal.tower.errors import Denied, Unreachable
from portal.tower.generations import Generation
from portal.tower.wire import Answer, NotSent, Wire


class Line:
    """One Tower and one account there. All times in seconds. Use one instance per thread."""

    def __init__(
        self, url: str, auth: SignIn, *, verify: bool | str, connect_timeout: float, read_timeout: float
    ) -> None:
        parts = urlsplit(url)
        self._root = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        self._prefix = parts.path.rstrip("/")
        self._auth, self._read_timeout = auth, read_timeout
        self._wire = Wire(verify=verify, connect_timeout=connect_timeout)
        self.generation: Generation | None = None
        self.clock = datetime.now(UTC)
        """Tower's clock in its last answer to a GET; ours until it has answered."""

    def __str__(self) -> str:
        return self._root + self._prefix

    def close(self) -> None:
        self._wire.close()

    @property
    def token_paths(self) -> tuple[str, ...]:
        """Where the password grant may be here."""
        return (self.generation or Generation.AWX).token_paths

    def peek(self, path: str) -> Answer:
        """The answer to a GET without an account, whatever its status. Raises Unreachable, Uncertain."""
        return self._get(path, None)

    def knock(self, path: str, body: bytes, kind: str, auth: AuthBase | None = None) -> Answer:
        """The answer to a POST that signs in, whatever its status. Raises Unreachable, Uncertain."""
        return _sent(lambda: self._wire.post(self._url(path), body, auth, timeout=self._read_timeout, kind=kind))

    def get(self, path: str) -> Answer:
        """The answer to a GET, whatever its status but 401. Raises Unreachable, Uncertain, Denied."""
        return self._signed(lambda: self._get(path, self._auth))

    def post(self, path: str, body: bytes, timeout: float | None = None) -> Answer:
        """The answer to a POST of JSON, whatever its status but 401. Raises Unreachable, Uncertain, Denied."""
        limit = timeout or self._read_timeout
        return self._signed(lambda: _sent(lambda: self._wire.post(self._url(path), body, self._auth, timeout=limit)))

    def _signed(self, send: Callable[[], Answer]) -> Answer:
        self._auth.ready(self)
        answer = send()
        while answer.status == 401 and self._auth.again(self):
            answer = send()
        if answer.status == 401:
            raise Denied(self._auth.refused, 401)
        return answer

    def _get(self, path: str, auth: AuthBase | None) -> Answer:
        answer = _sent(lambda: self._wire.get(self._url(path), auth, timeout=self._read_timeout))
        self.clock = answers.date(answer)
        return answer

    def _url(self, path: str) -> str:
        prefix = "" if path.startswith(f"{self._prefix}/") else self._prefix
        return self._root + prefix + path


def _sent(send: Callable[[], Answer]) -> Answer:
    try:
        return send()
    except NotSent as failure:
        sentence = words_for(failure.cause)
    raise Unreachable(sentence)
