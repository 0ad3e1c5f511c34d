"""OAuth2's password grant at Tower (RFC 6749 4.3 and 6; AWX: api/urls/oauth2_root.py, over django-oauth-toolkit).

The secrets travel in the form-encoded body and in a Basic header, never in an address.
"""

import json
from urllib.parse import quote_plus, urlencode

from portal.tower import answers
from portal.tower.auth import Basic, Door
from portal.tower.errors import Denied, Uncertain
from portal.tower.shapes import mapping
from portal.tower.tickets import Ticket
from portal.tower.ways import Credentials
from portal.tower.wire import Answer

FORM = "application/x-www-form-urlencoded"
_NOT_HERE = {404, 405}
_REASONS = {
    "invalid_client": "Tower does not know this client id, or the client secret is wrong.",
    "invalid_grant": "Tower refuses the user name or the password.",
    "unauthorized_client": "The application in Tower does not allow this: its grant type must be"
    " “Resource owner password-based”.",
    "unsupported_grant_type": "Tower does not offer the password grant.",
    "invalid_scope": "The application in Tower does not give the scope “write”.",
}


class PasswordGrant:
    """Asks for tokens with a user's name and password, on behalf of an application that Tower knows."""

    scheme = "Bearer"
    refused = "Tower does not accept our account: the token it gave us was revoked, or the account is switched off."

    def __init__(self, credentials: Credentials) -> None:
        self._is = credentials

    def __repr__(self) -> str:
        return "PasswordGrant()"

    def ticket(self, door: Door, old: Ticket | None) -> Ticket:
        """By the refresh token; by name and password where there is none, or Tower refuses it (400, 401, 403)."""
        if old and old.refresh:
            answer = self._ask(door, {"grant_type": "refresh_token", "refresh_token": old.refresh})
            if answer.status not in {400, 401, 403}:
                return self._read(answer)
        given = {"username": self._is.username, "password": self._is.password, "scope": "write"}
        return self._read(self._ask(door, {"grant_type": "password"} | given))

    def _ask(self, door: Door, form: dict[str, str]) -> Answer:
        client = None
        if self._is.client_secret:
            client = Basic(quote_plus(self._is.client_id), quote_plus(self._is.client_secret))  # RFC 6749 2.3.1
        else:  # a public application (RFC 6749 2.1)
            form = form | {"client_id": self._is.client_id}
        for path in door.token_paths:
            answer = door.knock(path, urlencode(form).encode(), FORM, client)
            if answer.status not in _NOT_HERE:
                break
        return answer

    def _read(self, answer: Answer) -> Ticket:
        if answer.status in {400, 401, 403}:
            raise Denied(f"Tower does not sign us in. {_reason(answer)}", 401)
        if answer.status in _NOT_HERE:
            raise Denied("Tower does not sign us in. There is no OAuth2 here.", 401)
        found = mapping(answers.read(answer))
        token, seconds = found.get("access_token"), found.get("expires_in")
        if not isinstance(token, str) or not token:
            raise Uncertain("Tower's answer to signing in holds no token.")
        lasts = float(seconds) if isinstance(seconds, int | float) else float("inf")
        return Ticket.lasting(token, lasts, str(found.get("refresh_token") or ""))


def _reason(answer: Answer) -> str:
    """In our words: Tower's own text is not repeated."""
    try:
        error = json.loads(answer.body)["error"]
    except (ValueError, TypeError, KeyError):
        error = ""
    words = "Its user name, password, client id or client secret is wrong, or the account comes from LDAP or SAML."
    return _REASONS.get(str(error), words)
