"""The ways to sign in to a Tower, and what each of them needs."""

from dataclasses import dataclass, field
from enum import StrEnum


class Way(StrEnum):
    TOKEN = "token"  # noqa: S105  # a name, no secret
    OAUTH2 = "oauth2"
    BASIC = "basic"
    AUTHTOKEN = "authtoken"


NEEDED: dict[Way, tuple[str, ...]] = {
    Way.TOKEN: ("token",),
    Way.OAUTH2: ("username", "password", "client_id"),
    Way.BASIC: ("username", "password"),
    Way.AUTHTOKEN: ("username", "password"),
}
"""A public OAuth2 application has no client secret, so that one may be missing."""
TAKEN: dict[Way, tuple[str, ...]] = NEEDED | {Way.OAUTH2: ("username", "password", "client_id", "client_secret")}


@dataclass(frozen=True)
class Credentials:
    """A way, and what proves who we are. `repr` and `str` show no secret."""

    way: Way
    username: str = ""
    client_id: str = ""
    token: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    client_secret: str = field(default="", repr=False)

    @property
    def missing(self) -> list[str]:
        """The names of the needed fields that are empty."""
        return [name for name in NEEDED[self.way] if not getattr(self, name)]
