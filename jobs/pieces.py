"""Pieces of output: of a job or of a workflow's step, whole lines, with the order's secrets masked."""

from collections.abc import Iterable

from jobs import secrets
from jobs.models import Job, WorkflowStep
from portal.tower.records import OutputPiece

WITHHELD = (
    "The output is not shown here: it may hold a password of the first order, which was deleted here when that ended.\n"
    "Engineers can read it in Tower.\n"
)
TOO_LARGE = "The output is too large to show here. Engineers can download it in Tower.\n"


def next_line(owner: Job | WorkflowStep) -> int:
    """The number of the first line that is not stored yet, from 0."""
    last = owner.output.order_by("-first_line").first()
    return last.first_line + last.text.count("\n") if last else 0


def store(owner: Job | WorkflowStep, piece: OutputPiece, start: int, *, runs: bool, hidden: Iterable[str]) -> None:
    """Keep what came. While it runs, a line under way is left out: it is fetched again when it is complete."""
    text = str(secrets.mask(_lines(owner, piece, runs=runs), hidden))
    if text:
        owner.output.get_or_create(first_line=start, defaults={"text": text})


def _lines(owner: Job | WorkflowStep, piece: OutputPiece, *, runs: bool) -> str:
    order = owner.job if isinstance(owner, WorkflowStep) else owner
    if order.unmaskable:
        return "" if owner.output.exists() else WITHHELD
    if piece.too_large:
        return "" if owner.output.exists() else TOO_LARGE
    content = piece.content.replace("\r\n", "\n").replace("\x00", "")
    if not content.endswith("\n"):
        content = content + "\n" if not runs and content else content[: content.rfind("\n") + 1]
    return content
