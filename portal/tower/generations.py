"""Which generation of Tower's API answers, and what is different in each."""

import re
from enum import StrEnum

from portal.tower.ways import Way


class Generation(StrEnum):
    AAP = "aap"  # the controller behind AAP's gateway
    AWX = "awx"  # AWX, Tower from 3.3 on, and the controller by its own address
    OLD = "tower-3.2"  # Tower 3.0 to 3.2, and AWX 1.0

    @property
    def words(self) -> str:
        return _WORDS[self]

    @property
    def ways(self) -> tuple[Way, ...]:
        """The ways to sign in that it knows, best first."""
        return _WAYS[self]

    @property
    def token_paths(self) -> tuple[str, ...]:
        """Where the password grant may be: AAP's gateway has it outside of /api/ (Red Hat's "API changes" for 2.5).

        A controller under AAP's prefix that no gateway stands before has it where AWX has it.
        """
        return ("/o/token/", "/api/o/token/") if self is Generation.AAP else ("/api/o/token/",)


_WORDS = {
    Generation.AAP: "the AAP controller behind its gateway",
    Generation.AWX: "AWX, or Tower from 3.3 on",
    Generation.OLD: "Tower 3.0 to 3.2",
}
_WAYS = {
    Generation.AAP: (Way.TOKEN, Way.OAUTH2, Way.BASIC),
    Generation.AWX: (Way.TOKEN, Way.OAUTH2, Way.BASIC),
    Generation.OLD: (Way.AUTHTOKEN, Way.BASIC),
}


def is_old(version: str) -> bool:
    """Whether a version is one of Tower 3.0 to 3.2, or of AWX before 1.0.8, where authtoken had gone.

    AWX 3.0 (2019) has such a version too and is not old: what tells them apart is in the API's root, not here.
    """
    numbers = [int(number) for number in re.findall(r"\d+", version)[:3]]
    return [3, 0] <= numbers < [3, 3] or [1, 0] <= numbers < [1, 0, 8]


def of(base: str, version: str, *, has_oauth2: bool) -> Generation:
    """By where the API was found and the version that its ping names."""
    if base.startswith("/api/controller/"):
        return Generation.AAP
    return Generation.OLD if is_old(version) and not has_oauth2 else Generation.AWX
