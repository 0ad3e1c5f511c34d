"""The ways to prove to Tower who we are. None of them shows its secret in `repr`."""

from base64 import b64encode

from requests import PreparedRequest
from requests.auth import AuthBase


class BearerToken(AuthBase):
    """A personal access token. Tower takes it before a session or a password (AWX settings/defaults.py)."""

    def __init__(self, token: str) -> None:
        self._token = token.strip()

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request

    def __repr__(self) -> str:
        return "BearerToken(…)"


class Basic(AuthBase):
    """Name and password, sent without waiting to be asked: Tower never sends a Basic challenge."""

    def __init__(self, username: str, password: str) -> None:
        self._username, self._password = username, password

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        pair = f"{self._username}:{self._password}".encode()
        request.headers["Authorization"] = f"Basic {b64encode(pair).decode()}"
        return request

    def __repr__(self) -> str:
        return f"Basic({self._username!r}, …)"
