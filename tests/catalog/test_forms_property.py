"""Whatever is asked and typed: what the form accepts Tower accepts, and every answer reaches the job unchanged.

What the form refuses Tower refuses too, or the reason is one of the stricter rules listed in `catalog.answers`.
"""

import json
import math
from decimal import Decimal, InvalidOperation
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from catalog.choices import is_switch
from catalog.fields import field_for
from catalog.forms import LaunchForm
from catalog.survey import ENCRYPTED, Question, job_vars, parse, refusals
from tests.catalog.surveys import posted, tile

STRICTER = {"required", "character", "digits", "reserved"}
NOTHING: Any = object()

WORDS = ["", " ", "  x ", "TEN_GAS", "tab\there", "a\nb", "a\r\nb", "\r", "ünï", "\u200b", "null", "[]", "{{ x }}", "𝄞"]
WORDS += [
    ENCRYPTED,
    ENCRYPTED,
    ENCRYPTED + "x",
    "\0",
    "a\0b",
    "\u2028",
    "<b>&\"'",
    "true",
    "465",
    " 5",
    "x" * 100,
    "x" * 101,
]
NUMBERS = [
    "0",
    "-0",
    "465",
    "007",
    "+5",
    "\u22125",
    " 5 ",
    "4094",
    "4095",
    "5.0",
    "2,5",
    "2.5",
    ".5",
    "5.",
    "1e3",
    "1e-9",
]
NUMBERS += [
    "1e999",
    "-1e999",
    "1e-999",
    "0e5",
    "0.0",
    "nan",
    "inf",
    "-inf",
    "1_000",
    "1 000",
    "٣",
    "٠",
    "٠.٠",
    "٣.٥",
    "²",
]
NUMBERS += [
    "0x1f",
    "9" * 20,
    "9" * 300,
    "9" * 301,
    "9" * 5000,
    "0" * 5000 + "7",
    "1" * 400 + ".5",
    "",
    " ",
    "five",
    "true",
]
PICKED = ["", "a", "b", " b ", "a\nb", "true", "True", "no", "on", "x", "\0", ENCRYPTED]
CHOICES = st.lists(
    st.sampled_from(["a", "b", " b ", "c", "", "a\nb", "1", "ünï", ENCRYPTED, "<b>"]),
    min_size=1,
    max_size=9,
    unique=True,
).filter(any) | st.sampled_from(
    [["true", "false"], ["False", "True"], ["no", "yes"], ["on", "off"], ["True", "False", "x"]]
)


@st.composite
def asked_and_typed(draw: st.DrawFn) -> tuple[dict[str, Any], str, int]:
    """A question, what is typed, and what is chosen where there is something to choose from."""
    kind = draw(st.sampled_from(["text", "textarea", "password", "integer", "float", "multiplechoice", "multiselect"]))
    question: dict[str, Any] = {"type": kind, "required": draw(st.booleans())}
    for bound in ("min", "max"):
        question[bound] = draw(st.none() | st.sampled_from(["", 0, 1, 3, 8, 100, 4094, -5]))
    defaults: list[Any]
    near = [
        bound + step for bound in (question["min"], question["max"]) if isinstance(bound, int) for step in (-1, 0, 1)
    ]
    if kind in {"multiplechoice", "multiselect"}:
        choices = draw(CHOICES)
        question["choices"] = "\n".join(choices) if draw(st.booleans()) and "".join(choices).strip() else choices
        defaults, typed = ["", None, "not there", *choices, "\n".join(choices[:2])], st.sampled_from(PICKED)
    elif kind in {"integer", "float"}:
        defaults = ["", None, 0, 5, 465, *([2.5, 0.0] if kind == "float" else [])]
        typed = st.sampled_from([*NUMBERS, *map(str, near)]) | st.floats().map(str) | st.integers(-9, 5000).map(str)
    else:
        defaults = ["", None, "hello", " ", "a\nb", *([ENCRYPTED, ENCRYPTED] if kind == "password" else [])]
        typed = st.sampled_from([*WORDS, *("y" * length for length in near if length > 0)]) | st.text(max_size=9)
    return question | {"default": draw(st.sampled_from(defaults))}, draw(typed), draw(st.integers(0, 2))


@settings(derandomize=True, max_examples=1500, deadline=None, database=None)
@given(st.lists(asked_and_typed(), min_size=1, max_size=2))
@example([({"type": "text", "required": True}, "\ud800", 0)])
def test_form_and_tower_agree(drawn: list[tuple[dict[str, Any], str, int]]) -> None:
    ordered = tile(*(question for question, _, _ in drawn))
    known = parse(ordered.template.questions)
    sent = {one.variable: _sent(one, text, aim) for one, (_, text, aim) in zip(known, drawn, strict=True)}
    form = LaunchForm(ordered, posted({f"a-{name}": value for name, value in sent.items() if value is not None}))
    meant = {one.variable: _meant(one, sent[one.variable]) for one in known}

    if form.is_valid():
        _accepted(form, known, meant)
    else:
        _refused(form, known, meant)


def _accepted(form: LaunchForm, known: tuple[Question, ...], meant: dict[str, Any]) -> None:
    request = form.launch_request()
    launch = json.loads(json.dumps(request.extra_vars | request.secrets, allow_nan=False))
    assert refusals(known, launch) == []
    clear = tuple(Question(**vars(one) | {"type": "text"}) if one.variable in request.secrets else one for one in known)
    job, ignored = job_vars(clear, launch)
    untouched, _ = job_vars(known, {})
    assert not ignored
    assert {one["variable"] for one in request.answers} == set(launch)
    for one in known:
        answer = meant[one.variable]
        if answer is not NOTHING:
            assert job[one.variable] == answer
            assert type(job[one.variable]) is type(answer)
        elif not one.stored_secret:
            assert job.get(one.variable, NOTHING) == untouched.get(one.variable, NOTHING)


def _refused(form: LaunchForm, known: tuple[Question, ...], meant: dict[str, Any]) -> None:
    assert not form.non_field_errors()
    for one in known:
        codes = {error.code for error in form.errors.as_data().get(one.variable, [])}
        answer = meant[one.variable]
        if answer is NOTHING:
            assert codes <= {"required"}
            assert not codes or one.required
        elif codes and not codes & STRICTER:
            assert refusals([one], {one.variable: answer}), (one, answer, codes)
        elif not codes:
            assert not refusals([one], {one.variable: answer}), (one, answer)


def _sent(question: Question, text: str, aim: int) -> Any:
    """What a browser sends when this was typed, or this was chosen: `aim` picks; None is no field at all."""
    choices = [choice for choice in question.choices if choice]
    if is_switch(question):
        return "on" if aim else None
    if question.type == "multiplechoice":
        return _crlf(choices[aim % len(choices)]) if aim else text
    if question.type == "multiselect":
        return [_crlf(choice) for choice in choices[:aim]] if aim else [text]
    one_line = getattr(field_for(question).widget, "input_type", "") in {"text", "password"}
    return text.replace("\r", "").replace("\n", "") if one_line else _crlf(text)


def _crlf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")


def _meant(question: Question, sent: Any) -> Any:
    """The answer in Tower's JSON as a person would mean it, found in another way than the form finds it."""
    if is_switch(question):
        words = {str(choice).lower(): choice for choice in question.choices}
        return next(
            words[word] for word in (("true", "yes", "on") if sent else ("false", "no", "off")) if word in words
        )
    if question.type == "multiselect":
        return [_choice(question, one) for one in sent if one] or NOTHING
    if question.type == "multiplechoice":
        return _choice(question, sent) if sent else NOTHING
    text = sent.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    if question.type in {"integer", "float"}:
        return _number(question, text)
    text = text.replace("\r\n", "\n")
    return text if (text if question.secret else text.strip()) else NOTHING


def _choice(question: Question, sent: str) -> str:
    return next((choice for choice in question.choices if choice and _crlf(choice) == sent), sent)


def _number(question: Question, text: str) -> Any:
    """A number if it is one: whole as an int, else a float; what is none stays text, which Tower refuses."""
    text = text.strip().replace("\u2212", "-")
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text or NOTHING
    whole = value.is_finite() and not set(text) & set(".eE")
    if "_" in text or not (whole or (question.type == "float" and math.isfinite(float(value)))):
        return text
    return int(value) if whole and abs(value) < Decimal(10) ** 301 else float(value) if not whole else text
