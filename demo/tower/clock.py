"""Times as Tower writes them: UTC, microseconds, a trailing Z. Such strings sort in the order of time."""

from datetime import UTC, datetime, timedelta

FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"


def now() -> str:
    """The present moment."""
    return stamp(datetime.now(UTC))


def later(seconds: float) -> str:
    """So many seconds from now."""
    return stamp(datetime.now(UTC) + timedelta(seconds=seconds))


def stamp(moment: datetime) -> str:
    """A moment as Tower writes it; one without a zone is taken as UTC."""
    return (moment.astimezone(UTC) if moment.tzinfo else moment).strftime(FORMAT)


def seconds(start: str | None, end: str | None) -> float:
    """Seconds from one stamp to another, or to now when there is no end; 0.0 when nothing has started."""
    if start is None:
        return 0.0
    last = datetime.fromisoformat(end) if end else datetime.now(UTC)
    return round(max((last - datetime.fromisoformat(start)).total_seconds(), 0.0), 3)
