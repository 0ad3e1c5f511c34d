"""What pages show of a job, as plain values."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString


@dataclass(frozen=True)
class Chip:
    """A state: its word, a second line, and the class that draws it."""

    word: str
    state: str
    line: str = ""


@dataclass(frozen=True)
class Step:
    """A line of the timeline; `state` is done, now, todo, fail, stopped or doubt."""

    title: str
    state: str
    at: datetime | None = None
    note: str = ""


@dataclass(frozen=True)
class Verdict:
    """How it ended; `state` is done, fail, stopped or doubt."""

    title: str
    line: str
    state: str


@dataclass(frozen=True)
class Failure:
    """What to know when it was not done."""

    wrong: str
    changed: str
    anything_changed: bool | None


@dataclass(frozen=True)
class Verb:
    """What can be done next with an order: in few words for a row, in full for a page. `asks`: it asks once more."""

    short: str
    label: str
    url: str
    asks: bool = False


@dataclass(frozen=True)
class Line:
    """A line of output, numbered from 1."""

    number: int
    html: SafeString
