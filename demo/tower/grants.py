"""Tokens with an end: OAuth2's password grant with its refresh tokens, and the sign-in of Tower 3.0 to 3.2."""

import hmac
import json
import secrets
import time
from typing import Any

from demo.tower import clock
from demo.tower.accounts import Account, Accounts, digest
from demo.tower.store import Store

LASTING = 31_536_000_000  # seconds: AWX's default
SLIDING = 1800  # seconds from the last use, in Tower 3.0 to 3.2


class Grants:
    """What an application that Tower knows may get for a user's name and password."""

    def __init__(self, store: Store, accounts: Accounts) -> None:
        self._store, self._accounts = store, accounts
        self.lifetime: float = LASTING
        self.sliding: float = SLIDING
        self.made: list[str] = []
        """What tokens were given for: "password", "refresh_token", "authtoken"."""

    def register(self, client_id: str, client_secret: str) -> None:
        """Make an application with the grant type “Resource owner password-based”."""
        self._store.remember(f"application {client_id}", digest(client_secret))

    def knows(self, client_id: str, client_secret: str) -> bool:
        """Whether this is an application's id and secret."""
        kept = self._store.recall(f"application {client_id}")
        return kept is not None and hmac.compare_digest(kept, digest(client_secret))

    def by_password(self, username: str, password: str, scope: str) -> dict[str, Any] | None:
        """The token endpoint's answer; None for a wrong name or password."""
        account = self._accounts.by_password(username, password)
        if account is None:
            return None
        self.made.append("password")
        return self._pair(account, scope)

    def by_refresh(self, refresh: str) -> dict[str, Any] | None:
        """The same for a refresh token, which serves once."""
        for pk, doc in self._store.run("SELECT id, doc FROM tokens"):
            record = json.loads(doc)
            if record.get("refresh") == digest(refresh):
                self._accounts.revoke(pk)
                self.made.append("refresh_token")
                return self._pair(self._accounts.by_id[record["user"]], record["scope"])
        return None

    def authtoken(self, username: str, password: str) -> dict[str, Any] | None:
        """Tower 3.2's answer; None for a wrong name or password."""
        account = self._accounts.by_password(username, password)
        if account is None:
            return None
        self.made.append("authtoken")
        token = self._accounts.issue(
            account, scope="write", description="", kind="token", expires=time.time() + self.sliding
        )[1]
        return {"token": token, "expires": clock.later(self.sliding)}

    def slide(self, pk: int, record: dict[str, Any]) -> None:
        """An authtoken lasts from its last use."""
        self._rewrite(pk, record | {"expires": time.time() + self.sliding})

    def expire(self) -> None:
        """Every token with an end has ended. Its refresh token stays good."""
        for pk, doc in self._store.run("SELECT id, doc FROM tokens"):
            if "expires" in json.loads(doc):
                self._rewrite(pk, json.loads(doc) | {"expires": 0})

    def forget_refresh_tokens(self) -> None:
        """No refresh token is good any more."""
        for pk, doc in self._store.run("SELECT id, doc FROM tokens"):
            self._rewrite(pk, json.loads(doc) | {"refresh": ""})

    def _pair(self, account: Account, scope: str) -> dict[str, Any]:
        refresh = secrets.token_urlsafe(24)
        token = self._accounts.issue(
            account, scope=scope, description="", expires=time.time() + self.lifetime, refresh=digest(refresh)
        )[1]
        shape = {"access_token": token, "expires_in": self.lifetime, "token_type": "Bearer", "scope": scope}
        return shape | {"refresh_token": refresh}

    def _rewrite(self, pk: int, record: dict[str, Any]) -> None:
        self._store.run("UPDATE tokens SET doc = ? WHERE id = ?", (json.dumps(record), pk))
