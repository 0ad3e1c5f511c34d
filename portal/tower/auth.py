"""The ways to prove to Tower who we are. None of them shows its secret in `repr`.

A proof that never changes is here; `renewing` has those that are got from Tower and expire.
"""

from base64 import b64encode
from typing import Protocol

from requests import PreparedRequest
from requests.auth import AuthBase

from portal.tower.wire import Answer


class Door(Protocol):
    """Where tokens are asked for: Tower, spoken to without being signed in."""

    @property
    def token_paths(self) -> tuple[str, ...]:
        """Where the password grant may be here, likeliest first."""

    def knock(self, path: str, body: bytes, kind: str, auth: AuthBase | None = None) -> Answer:
        """The answer to a POST of a body of that content type, whatever its status. Raises Unreachable, Uncertain."""


class SignIn(AuthBase):
    """Adds the proof to a request. `refused` is the sentence for operators when Tower does not take it (401)."""

    refused = "Tower does not accept our account."

    def ready(self, door: Door) -> None:
        """Called before each request: have a proof at hand. Raises Unreachable, Denied."""

    def again(self, door: Door) -> bool:
        """Called after a 401: whether there is another proof to try now. Raises Unreachable, Denied."""
        return False


class BearerToken(SignIn):
    """A personal access token. Tower takes it before a session or a password (AWX settings/defaults.py)."""

    refused = "Tower does not accept our account: its token is wrong, was revoked or has expired."

    def __init__(self, token: str) -> None:
        self._token = token.strip()

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request

    def __repr__(self) -> str:
        return "BearerToken(…)"


class Basic(SignIn):
    """Name and password, sent without waiting to be asked: Tower never sends a Basic challenge."""

    refused = "Tower does not accept our account: its user name or password is wrong, or Basic is switched off there."

    def __init__(self, username: str, password: str) -> None:
        self._username, self._password = username, password

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        pair = f"{self._username}:{self._password}".encode()
        request.headers["Authorization"] = f"Basic {b64encode(pair).decode()}"
        return request

    def __repr__(self) -> str:
        return f"Basic({self._username!r}, …)"
