"""A survey as Tower stores it, read into questions, and Tower's own verdict on answers.

`refusals` and `job_vars` say what AWX's `awx/main/models/mixins.py` (SurveyJobTemplateMixin) says, word for word.
They are held to launches recorded on a real AWX: tests/recorded/survey-verdicts.jsonl.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

ENCRYPTED = "$encrypted$"
"""What Tower shows in place of a stored password, and what it takes to mean that one."""

TEXTS = frozenset({"text", "textarea", "password"})
NUMBERS = frozenset({"integer", "float"})
CHOICES = frozenset({"multiplechoice", "multiselect"})
TYPES = TEXTS | NUMBERS | CHOICES


@dataclass(frozen=True)
class Question:
    """One question. `default` is as Tower stores it, None if there is none; `choices` are strings but in odd specs."""

    variable: str
    type: str
    label: str
    help: str = ""
    required: bool = False
    default: Any = None
    choices: tuple[Any, ...] = ()
    min: float | None = None
    max: float | None = None

    @property
    def secret(self) -> bool:
        return self.type == "password"

    @property
    def stored_secret(self) -> bool:
        """Tower keeps a password that is used when none is sent."""
        return self.secret and isinstance(self.default, str) and self.default.startswith(ENCRYPTED)

    @property
    def applied_default(self) -> Any:
        """What the job gets when an optional question is left out; None if nothing, or for passwords, if unknown.

        Tower drops a default that does not validate, and so never applies the text of a multiselect.
        """
        if self.secret or self.default is None or list(_verdict(self, {self.variable: self.default})):
            return None
        return self.default

    @property
    def suggestion(self) -> Any:
        """The default as an answer to begin with, None if there is none that would be accepted."""
        if self.type == "multiselect":
            chosen = self.default if isinstance(self.default, list) else lines(self.default)
            return [choice for choice in chosen if choice in self.choices] or None
        return self.applied_default


def parse(spec: Iterable[Any]) -> tuple[Question, ...]:
    """The questions of a survey, in order; tolerant of what older Towers stored. What is no question is left out."""
    return tuple(_question(item) for item in spec if isinstance(item, Mapping) and item.get("variable"))


def lines(text: Any) -> list[str]:
    """The lines of a text that are not blank, as Tower reads choices that are stored as one text."""
    return [line for line in text.splitlines() if line.strip()] if isinstance(text, str) else []


def refusals(questions: Iterable[Question], extra_vars: Mapping[str, Any]) -> list[str]:
    """Why Tower would refuse these answers, in its own words, which repeat what was answered; empty if it accepts."""
    return [reason for question in questions for reason in _verdict(question, extra_vars)]


def job_vars(
    questions: Iterable[Question], extra_vars: Mapping[str, Any], *, ask_variables: bool = False
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the job would get of answers that are accepted, with passwords masked, and what Tower would ignore.

    A default that validates fills what was left out. Variables that no question asks for are ignored, unless the
    template asks for variables.
    """
    known = {question.variable: question for question in questions}
    ignored = {} if ask_variables else {name: value for name, value in extra_vars.items() if name not in known}
    given = {
        name: value
        for name, value in extra_vars.items()
        if name not in ignored and not (name in known and known[name].secret and value == ENCRYPTED)
    }
    applied = {
        name: question.default
        for name, question in known.items()
        if question.default is not None and not list(_verdict(question, {name: question.default}))
    }
    return {name: _masked(known.get(name), value) for name, value in (applied | given).items()}, ignored


def _question(item: Mapping[str, Any]) -> Question:
    kind = str(item.get("type") or "")
    choices = item.get("choices")
    variable = str(item["variable"])
    return Question(
        variable=variable,
        type=kind,
        label=str(item.get("question_name") or "").strip() or variable,
        help=str(item.get("question_description") or "").strip(),
        required=bool(item.get("required")),
        default=item.get("default"),
        choices=tuple(choices) if isinstance(choices, list) else tuple(lines(choices)),
        min=_bound(item.get("min")),
        max=_bound(item.get("max")),
    )


def _bound(value: Any) -> float | None:
    """A limit; "" and null mean none, as does what is no number."""
    if isinstance(value, int):
        return value
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() else number


def _masked(question: Question | None, value: Any) -> Any:
    return ENCRYPTED if question and question.secret else value


def _verdict(question: Question, answers: Mapping[str, Any]) -> Iterator[str]:
    """Tower's `_survey_element_validation`. A default does not satisfy a required question."""
    name = question.variable
    if question.secret and answers.get(name) == ENCRYPTED:
        if question.required and question.default is None:
            yield f"'{name}' value missing"
    elif name not in answers:
        if question.required:
            yield f"'{name}' value missing"
    elif question.type in TEXTS:
        yield from _text(question, answers[name])
    elif question.type in NUMBERS:
        yield from _number(question, answers[name])
    elif question.type == "multiselect" and type(answers[name]) is not list:
        yield f"'{name}' value is expected to be a list."
    elif question.type in CHOICES:
        yield from _chosen(question, answers[name])


def _text(question: Question, value: Any) -> Iterator[str]:
    name, least, most = question.variable, question.min, question.max
    if not isinstance(value, str):
        yield f"Value {_shown(value)} for '{name}' expected to be a string."
        return
    if least is not None and len(value) < least:
        yield f"'{name}' value {value} is too small (length is {len(value)} must be at least {least})."
    if most is not None and len(value) > most:
        yield f"'{name}' value {value} is too large (must be no more than {most})."


def _number(question: Question, value: Any) -> Iterator[str]:
    name, least, most = question.variable, question.min, question.max
    taken, called = ((int,), "an integer") if question.type == "integer" else ((int, float), "a numeric type")
    if type(value) not in taken:
        yield f"Value {_shown(value)} for '{name}' expected to be {called}."
        return
    if least is not None and value < least:
        yield f"'{name}' value {value} is too small (must be at least {least})."
    if most is not None and value > most:
        yield f"'{name}' value {value} is too large (must be no more than {most})."


def _chosen(question: Question, value: Any) -> Iterator[str]:
    choices = list(question.choices)
    for one in value if question.type == "multiselect" else [value]:
        if one not in choices:
            yield f"Value {_shown(one)} for '{question.variable}' expected to be one of {choices}."


def _shown(value: Any) -> str:
    """As Tower prints it: an object was parsed into an OrderedDict."""
    return f"OrderedDict({list(value.items()) or ''})" if isinstance(value, dict) else str(value)
