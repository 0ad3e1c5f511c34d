"""What can go wrong between us and Tower.

The classes say what a caller may do next; for a launch that is the whole point. `str()` of each is a sentence for
operators, free of secrets and of submitted values.
"""


class TowerError(Exception):
    """Tower did not do what was asked of it."""


class Unreachable(TowerError):
    """Nothing was sent: no name, no connection, no TLS. To ask again is safe."""


class Throttled(Unreachable):
    """Tower, or a proxy in front of it, wants us to come back later (429). Nothing was done."""

    def __init__(self, sentence: str, retry_after: float | None = None) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after  # seconds


class Uncertain(TowerError):
    """The request was sent and no usable answer came: Tower may or may not have acted on it."""


class Rejected(TowerError):
    """Tower understood and refused; nothing was started.

    `reasons` are its own words, by field. They may repeat submitted values, passwords too, so they stay out of
    `str()` and must be redacted before they are stored or shown.
    """

    def __init__(self, sentence: str, reasons: dict[str, list[str]]) -> None:
        super().__init__(sentence)
        self.reasons = reasons


class Denied(TowerError):
    """Tower does not know our account (401), or does not allow it to do this (403).

    `detail` is its own text, which stays out of `str()`.
    """

    def __init__(self, sentence: str, status: int, detail: str = "") -> None:
        super().__init__(sentence)
        self.status, self.detail = status, detail


class Gone(TowerError):
    """Tower has no such object (404)."""
