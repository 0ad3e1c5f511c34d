"""Why the demo cannot start or go on, in words for the person who started it."""

from pathlib import Path

TAIL_LINES = 30


class DemoError(Exception):
    """str() is what is printed."""


def with_log(sentence: str, log: Path) -> DemoError:
    """An error that names a log, and ends with its last lines."""
    lines = log.read_text(errors="replace").splitlines()[-TAIL_LINES:] if log.exists() else []
    return DemoError("\n".join([f"{sentence} Its log is {log}.", *(f"    {line}" for line in lines)]))
