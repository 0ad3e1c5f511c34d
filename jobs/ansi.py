"""Output with its colours, as HTML: classes for the stylesheet, everything else escaped."""

from ansi2html import Ansi2HTMLConverter
from django.utils.safestring import SafeString, mark_safe

from jobs.chips import Line
from jobs.models import Job, Output, StepOutput, WorkflowStep

MOST = 20_000  # lines on one page


def lines(owner: Job | WorkflowStep, start: int = 0) -> list[Line]:
    """The stored output of a job or a workflow's step from line `start` (from 0) on."""
    before = owner.output.filter(first_line__lte=start).order_by("-first_line").values_list("first_line", flat=True)
    stored = owner.output.filter(first_line__gte=before.first() or 0).order_by("first_line")
    pieces: list[Output | StepOutput] = [*stored]
    if not pieces:
        return []
    skip = max(0, start - pieces[0].first_line)
    raw = "".join(piece.text for piece in pieces).removesuffix("\n").split("\n")[skip:][:MOST]
    number = pieces[0].first_line + skip + 1
    return [Line(number + offset, html) for offset, html in enumerate(_html(raw))]


def _html(raw: list[str]) -> list[SafeString]:
    converter = Ansi2HTMLConverter(inline=False, escaped=True)
    # Ansible ends each colour on its line, so lines can be turned one by one.
    return [mark_safe(converter.convert(line, full=False)) for line in raw]  # noqa: S308 - the converter escapes
