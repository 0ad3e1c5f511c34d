"""Who asks: accounts, tokens and their scopes.

Passwords and tokens are random and long, so a plain SHA-256 of them is safe to keep; neither is on disk in clear.
"""

import hashlib
import hmac
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import Authorization

from demo.tower import clock
from demo.tower.store import Store
from demo.tower.world import Template

FAR = "3026-03-24T05:51:53.664717Z"


@dataclass
class Account:
    """A user of Tower.

    `execute` lists the templates it may run, `approve` the workflows whose approvals it may decide, `use` what it may
    use; None means all.
    """

    id: int
    username: str
    superuser: bool = False
    execute: set[str] | None = field(default_factory=set)
    use: set[str] | None = field(default_factory=set)
    approve: set[str] | None = field(default_factory=set)
    email: str = ""
    created: str = field(default_factory=clock.now)
    password_digest: str = ""

    def may_run(self, template: Template | None) -> bool:
        """Whether it may see, launch and follow a template; a deleted one is for superusers only."""
        if self.superuser:
            return True
        return template is not None and (self.execute is None or template.name in self.execute)

    def may_use(self, name: str) -> bool:
        """Whether it may hand a named inventory or credential to a launch."""
        return self.superuser or self.use is None or name in self.use

    def may_approve(self, workflow: Template | None) -> bool:
        """Whether it may decide the approvals of a workflow."""
        if self.superuser:
            return True
        return workflow is not None and (self.approve is None or workflow.name in self.approve)


def digest(secret: str) -> str:
    """How a token or password is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Accounts:
    """All accounts and tokens of one Tower."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.by_id: dict[int, Account] = {}
        self.add({"username": "admin", "superuser": True})

    def add(self, entry: dict[str, Any]) -> Account:
        """Add an account as a catalog file describes it; a known name takes over its rights."""
        pk = self._store.id_of("user", entry["username"], entry.get("id"))
        execute = entry.get("execute", [])
        account = Account(pk, entry["username"], bool(entry.get("superuser")), None if execute == "all" else {*execute})
        use, approve = entry.get("use", []), entry.get("approve", [])
        account.use = None if use == "all" else set(use)
        account.approve = None if approve == "all" else set(approve)
        account.email = entry.get("email", f"{account.username}@example.invalid")
        self.by_id[pk] = account
        return account

    def named(self, username: str) -> Account:
        """The account with this name. Raises KeyError."""
        for account in self.by_id.values():
            if account.username == username:
                return account
        raise KeyError(username)

    def set_password(self, username: str, password: str) -> None:
        """Give an account a password, for basic authentication."""
        self.named(username).password_digest = digest(password)

    def issue(self, account: Account, *, scope: str, description: str = "", **more: Any) -> tuple[dict[str, Any], str]:
        """Make a token. Returns its record and the token itself, which is not kept. `more`: kind, expires, refresh."""
        token, moment = secrets.token_urlsafe(24), clock.now()
        record = {"user": account.id, "scope": scope, "description": description, "created": moment} | more
        values = (digest(token), json.dumps(record))
        pk = self._store.insert("INSERT INTO tokens (digest, doc) VALUES (?, ?)", values)
        return record | {"id": pk}, token

    def tokens(self) -> list[dict[str, Any]]:
        """The records of all tokens."""
        rows = self._store.run("SELECT id, doc FROM tokens ORDER BY id")
        return [json.loads(doc) | {"id": pk} for pk, doc in rows]

    def revoke_all(self) -> None:
        """End every token."""
        self._store.run("DELETE FROM tokens")

    def revoke(self, pk: int) -> None:
        """End a token."""
        self._store.run("DELETE FROM tokens WHERE id = ?", (pk,))

    def knows(self, token: str) -> bool:
        """Whether a token still signs in."""
        return bool(self._store.run("SELECT 1 FROM tokens WHERE digest = ?", (digest(token),)))

    def authenticate(self, proof: Authorization | None) -> tuple[Account | None, str]:
        """The account behind an Authorization header, and its scope; (None, "") for no or a wrong proof."""
        if proof is None:
            return None, ""
        if proof.type in ("bearer", "token") and proof.token:
            _, record = self.record_of(proof.token)
            if record.get("kind", "bearer") != proof.type or record.get("expires", time.time() + 1) <= time.time():
                return None, ""
            return self.by_id.get(record.get("user", 0)), str(record.get("scope", ""))
        if proof.type == "basic" and proof.username:
            return self.by_password(proof.username, proof.password or ""), "write"
        return None, ""

    def record_of(self, token: str) -> tuple[int, dict[str, Any]]:
        """A token's id and record; (0, {}) if there is none."""
        rows = self._store.run("SELECT id, doc FROM tokens WHERE digest = ?", (digest(token),))
        return (int(rows[0][0]), json.loads(rows[0][1])) if rows else (0, {})

    def by_password(self, username: str, password: str) -> Account | None:
        """The account with this name and password."""
        for account in self.by_id.values():
            if account.username == username and account.password_digest:
                return account if hmac.compare_digest(account.password_digest, digest(password)) else None
        return None
