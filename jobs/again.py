"""Order again: the answers of an earlier order in a tile's form, as far as the form still takes them."""

from dataclasses import dataclass
from typing import Any

from catalog.answers import AnswerField
from catalog.forms import LaunchForm
from catalog.models import Tile
from catalog.survey import parse, refusals
from jobs.models import Job


@dataclass(frozen=True)
class Again:
    """An order form filled in. `left_out` and `retype` are labels: of answers that no longer fit, of passwords."""

    job: Job
    form: LaunchForm
    left_out: list[str]
    retype: list[str]


def of(tile: Tile, job: Job) -> Again:
    """The form of `tile` with the answers of `job`. Passwords are never filled in. Raises Unorderable."""
    questions = parse(tile.template.questions)
    asked = {question.variable for question in questions}
    fits = {
        variable: value
        for variable, value in job.extra_vars.items()
        if variable in asked and not refusals([one for one in questions if one.variable == variable], {variable: value})
    }
    form = LaunchForm(tile, initial=fits)
    _leave_blank(form, fits)
    secret = {question.variable for question in questions if question.secret}
    return Again(
        job=job,
        form=form,
        left_out=[one["label"] for one in job.answers if one["variable"] not in fits.keys() | secret],
        retype=[one["label"] for one in job.answers if one["variable"] in secret - fits.keys()],
    )


def _leave_blank(form: LaunchForm, given: dict[str, Any]) -> None:
    """What was left out of a list is not proposed anew, unless Tower would fill it in all the same."""
    for field in form.fields.values():
        if not isinstance(field, AnswerField) or field.question.variable in given:
            continue
        if field.question.type == "multiselect" and field.question.applied_default is None:
            field.initial = None
