"""Order again: the answers of an earlier order in a tile's form, as far as the form still takes them."""

import json
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from catalog.answers import AnswerField
from catalog.forms import LaunchForm
from catalog.models import Tile
from catalog.options import VariablesField
from catalog.prompts import NAMESPACE
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
    survey = _survey(tile, job)
    form = LaunchForm(tile, initial=survey)
    _leave_blank(form, survey)
    filled = survey.keys() | _fill_prompts(form, job)
    fields = [field for field in form.fields.values() if isinstance(field, AnswerField)]
    secret = {field.question.variable for field in fields if field.question.secret}
    given = [one for one in job.answers if not one.get("fixed")]
    return Again(
        job=job,
        form=form,
        left_out=[one["label"] for one in given if one["variable"] not in filled | secret],
        retype=[one["label"] for one in given if one["variable"] in secret - filled],
    )


def _survey(tile: Tile, job: Job) -> dict[str, Any]:
    """The answers to questions that the survey still asks, and that Tower would still take."""
    questions = parse(tile.template.questions)
    asked = {question.variable for question in questions}
    return {
        variable: value
        for variable, value in job.extra_vars.items()
        if variable in asked and not refusals([one for one in questions if one.variable == variable], {variable: value})
    }


def _leave_blank(form: LaunchForm, given: dict[str, Any]) -> None:
    """What was left out of a list is not proposed anew, unless Tower would fill it in all the same."""
    for field in form.fields.values():
        if not isinstance(field, AnswerField) or field.question.variable in given:
            continue
        if field.question.type == "multiselect" and field.question.applied_default is None:
            field.initial = None


def _fill_prompts(form: LaunchForm, job: Job) -> set[str]:
    """Fill in what else Tower asks for; the variables of what was filled in."""
    filled = set()
    for field in form.prompting.fields.values():
        value = None if field.question.secret else _earlier(form, field, job)
        if value is None:
            continue
        shown = json.dumps(value, ensure_ascii=False) if isinstance(field, VariablesField) else field.shown(value)
        if _reads(field, shown, value):
            field.initial = shown
            filled.add(field.question.variable)
    return filled


def _earlier(form: LaunchForm, field: AnswerField, job: Job) -> Any:
    """What this prompt was answered with; None if it was not."""
    name = field.question.variable.removeprefix(NAMESPACE)
    if name == "extra_vars":
        surveyed = {question.variable for question in form.questions}
        answered = {one["variable"] for one in job.answers}
        return {key: value for key, value in job.extra_vars.items() if key not in surveyed | answered} or None
    if name.startswith("credentials-"):
        return next((one for one in job.prompts.get("credentials", []) if _reads(field, str(one), one)), None)
    return job.prompts.get(name)


def _reads(field: AnswerField, shown: Any, value: Any) -> bool:
    """Whether the field, filled in so and sent back, gives this answer."""
    try:
        return bool(field.read(shown) == value)
    except ValidationError:
        return False
