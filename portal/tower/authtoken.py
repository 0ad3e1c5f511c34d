"""The sign-in of Tower 3.0 to 3.2: POST /api/v1/authtoken/, then `Authorization: Token …`.

Known from documents (AWX 1.0.0, api/views.py AuthTokenView; the Tower guides of that time), not seen running. The
token lasts 1800 s from its last use, is tied to where the request came from, and a wrong password is a 400.
"""

import json
from datetime import UTC, datetime

from portal.tower import answers
from portal.tower.auth import Door
from portal.tower.errors import Denied, Uncertain
from portal.tower.shapes import mapping
from portal.tower.tickets import Ticket
from portal.tower.ways import Credentials

PATH = "/api/v1/authtoken/"
LASTS = 1800.0  # seconds, where Tower does not say


class AuthToken:
    """Asks for tokens with a user's name and password."""

    scheme = "Token"
    refused = "Tower does not accept our account: the token it gave us has ended, or the account is switched off."

    def __init__(self, credentials: Credentials) -> None:
        self._is = credentials

    def __repr__(self) -> str:
        return "AuthToken()"

    def ticket(self, door: Door, _old: Ticket | None) -> Ticket:
        body = {"username": self._is.username, "password": self._is.password}
        answer = door.knock(PATH, json.dumps(body).encode(), "application/json")
        if answer.status in {400, 401, 403}:
            raise Denied("Tower does not sign us in. It refuses the user name or the password.", 401)
        if answer.status in {404, 405}:
            raise Denied(f"Tower does not sign us in. There is no {PATH} here: only Tower 3.0 to 3.2 has it.", 401)
        found = mapping(answers.read(answer))
        token = found.get("token")
        if not isinstance(token, str) or not token:
            raise Uncertain("Tower's answer to signing in holds no token.")
        return Ticket.lasting(token, _seconds(found.get("expires"), answers.date(answer)))


def _seconds(expires: object, clock: datetime) -> float:
    """How long it lasts, by Tower's own clock."""
    try:
        moment = datetime.fromisoformat(str(expires))
    except ValueError:
        return LASTS
    return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - clock).total_seconds()
