"""Each kind of question: what its field shows, takes and says."""

from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict

from catalog.answers import AnswerField
from catalog.fields import Unorderable, field_for
from catalog.survey import ENCRYPTED, parse
from catalog.widgets import Lines, Switch


def field(**item: Any) -> AnswerField:
    (question,) = parse([{"variable": "v", "type": "text", "question_name": "VLAN number", "required": True} | item])
    return field_for(question)


def said(asked: AnswerField, value: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        asked.clean(value)
    (message,) = refused.value.messages
    return message


VLAN = {"type": "integer", "min": 1, "max": 4094}


@pytest.mark.parametrize(
    ("item", "typed", "message"),
    [
        ({}, "", "Enter VLAN number"),
        ({}, "  ", "Enter VLAN number"),
        ({"question_name": "Tenant short name:"}, "", "Enter tenant short name"),
        ({"question_name": "Which tenant?"}, "", "Answer the question: Which tenant?"),
        ({"question_name": "Choose a tenant"}, "", "Choose a tenant"),
        ({"type": "multiplechoice", "choices": "a\nb", "question_name": "Region"}, "", "Choose region"),
        ({"type": "multiselect", "choices": "a\nb", "question_name": "EPGs"}, [], "Choose EPGs"),
        (VLAN, "five", "Enter a whole number, such as 465"),
        (VLAN, "4.5", "Enter a whole number, such as 465"),
        (VLAN, "5000", "Enter a number from 1 to 4094"),
        (VLAN, "0", "Enter a number from 1 to 4094"),
        ({"type": "integer", "min": 1}, "0", "Enter a number of at least 1"),
        ({"type": "integer", "max": 9}, "10", "Enter a number of at most 9"),
        ({"type": "integer", "max": 9}, "x", "Enter a whole number, such as 9"),
        ({"type": "integer", "min": 500}, "x", "Enter a whole number, such as 500"),
        ({"type": "integer", "min": 500, "default": 700}, "x", "Enter a whole number, such as 700"),
        ({"type": "integer"}, "9" * 5000, "Use at most 300 digits"),
        ({"type": "float"}, "2,5", "Write decimals with a point, such as 2.5"),
        ({"type": "float", "max": 1}, "2,5", "Write decimals with a point, such as 1"),
        ({"type": "float"}, "nan", "Enter a number, such as 2.5"),
        ({"type": "float"}, "1e999", "Use fewer digits"),
        ({"type": "float"}, "1e-999", "Use fewer digits"),
        ({"type": "float", "min": 0, "max": 1}, "1.5", "Enter a number from 0 to 1"),
        ({"max": 10}, "hello world", "Use at most 10 characters; this has 11"),
        ({"max": 1}, "ab", "Use at most 1 character; this has 2"),
        ({"min": 3}, "ab", "Use at least 3 characters; this has 2"),
        ({}, "a\0b", "Remove the character that cannot be stored, then try again"),
        ({}, "\ud800", "Remove the character that cannot be stored, then try again"),
        ({"type": "multiplechoice", "choices": "a\nb"}, "c", "Choose one of the answers in the list"),
        ({"type": "multiselect", "choices": "a\nb"}, ["a", "c"], "Choose one of the answers in the list"),
        (
            {"type": "password"},
            ENCRYPTED + "x",
            "Use one that does not begin with $encrypted$: that has a meaning of its own in Tower",
        ),
    ],
)
def test_what_is_wrong_is_said_in_words(item, typed, message):
    assert said(field(**item), typed) == message


@pytest.mark.parametrize(
    ("item", "typed", "answer"),
    [
        ({}, " x ", " x "),
        ({}, ENCRYPTED, ENCRYPTED),
        ({"type": "password"}, "   ", "   "),
        ({"type": "integer"}, " 007 ", 7),
        ({"type": "integer"}, "0", 0),
        ({"type": "integer"}, "+5", 5),
        ({"type": "integer"}, "\N{MINUS SIGN}5", -5),
        ({"type": "integer"}, "٤٦٥", 465),
        ({"type": "integer"}, "9" * 300, int("9" * 300)),
        ({"type": "integer"}, "0" * 5000 + "7", 7),
        ({"type": "float"}, "5", 5),
        ({"type": "float"}, "5.0", 5.0),
        ({"type": "float"}, "1e-9", 1e-9),
        ({"type": "float"}, "0.000", 0.0),
        ({"type": "multiplechoice", "choices": [1, 2]}, "2", 2),
        ({"type": "multiplechoice", "choices": ["a\nb", " c "]}, "a\r\nb", "a\nb"),
        ({"type": "multiplechoice", "choices": ["a\nb", " c "]}, " c ", " c "),
        ({"type": "multiselect", "choices": "a\nb"}, ["b"], ["b"]),
    ],
)
def test_an_answer_is_what_tower_wants(item, typed, answer):
    got = field(**item).clean(typed)

    assert got == answer
    assert type(got) is type(answer)


@pytest.mark.parametrize("kind", ["text", "textarea", "password", "integer", "float", "multiplechoice"])
def test_a_blank_optional_answer_is_none(kind):
    asked = field(type=kind, required=False, choices="a\nb" if kind == "multiplechoice" else "")

    assert asked.clean("") is None
    assert asked.clean(None) is None


def test_a_long_text_that_is_no_number_is_refused_at_once():
    assert said(field(type="float"), "1" * 200_000 + "x") == "Enter a number, such as 2.5"


def test_no_limit_in_html_cuts_what_is_pasted():
    for item in ({"max": 10}, VLAN, {"type": "textarea", "max": 5}, {"type": "password", "max": 5}):
        attrs = field(**item).widget.attrs
        assert "maxlength" not in attrs
        assert attrs["class"].startswith("w-")


def test_numbers_are_typed_as_text_on_a_number_pad_unless_a_minus_may_be_needed():
    assert field(**VLAN).widget.input_type == "text"
    assert field(**VLAN).widget.attrs["inputmode"] == "numeric"
    assert field(type="float", min=0).widget.attrs["inputmode"] == "decimal"
    assert "inputmode" not in field(type="integer").widget.attrs


@pytest.mark.parametrize(("most", "width"), [(8, "w-short"), (40, "w-medium"), (1024, "w-long"), (None, "w-long")])
def test_the_width_tells_how_long_an_answer_may_be(most, width):
    assert field(max=most).widget.attrs["class"] == width


def test_a_text_with_a_default_of_several_lines_gets_several_lines():
    assert isinstance(field(default="a\nb").widget, Lines)
    assert isinstance(field(default="a").widget, forms.TextInput)


def test_few_choices_are_radio_buttons_and_many_a_list():
    assert type(field(type="multiplechoice", choices=list("abcde")).widget) is forms.RadioSelect
    assert type(field(type="multiplechoice", choices=list("abcdef")).widget) is forms.Select
    assert type(field(type="multiselect", choices=list("abcdefgh")).widget) is forms.CheckboxSelectMultiple
    assert type(field(type="multiselect", choices=list("abcdefghi")).widget) is forms.SelectMultiple


def shown(**item: Any) -> list[str]:
    return [label for _, label in field(type="multiplechoice", **item).widget.choices]


def test_an_optional_choice_can_be_left_without_an_answer():
    assert shown(choices="a\nb", required=False) == ["No answer", "a", "b"]
    assert shown(choices=list("abcdef"), required=False)[0] == "No answer"


def test_there_is_no_such_option_where_tower_would_use_the_default():
    assert shown(choices="a\nb", required=False, default="b") == ["a", "b"]
    assert shown(choices="a\nb", required=False, default="gone") == ["No answer", "a", "b"]


def test_a_required_list_begins_with_no_choice_made():
    assert shown(choices=list("abcdef"))[0] == "Choose …"
    assert shown(choices=list("ab")) == ["a", "b"]


@pytest.mark.parametrize(
    ("choices", "off", "on"),
    [
        ("true\nfalse", "false", "true"),
        (["False", "True"], "False", "True"),
        (["yes", "no"], "no", "yes"),
        ("on\noff", "off", "on"),
        ([True, False], False, True),
    ],
)
def test_true_and_false_are_a_switch_that_sends_the_very_choice(choices, off, on):
    asked = field(type="multiplechoice", choices=choices, default=on)

    assert isinstance(asked.widget, Switch)
    for sent, answer in [({}, off), ({"a-v": "on"}, on), ({"a-v": str(off)}, off), ({"a-v": str(on)}, on)]:
        assert asked.clean(asked.widget.value_from_datadict(sent, MultiValueDict(), "a-v")) == answer
    assert asked.initial is True


def test_an_optional_switch_without_a_default_would_hide_no_answer_and_so_is_none():
    assert isinstance(field(type="multiplechoice", choices="yes\nno", required=False).widget, forms.RadioSelect)
    assert isinstance(field(type="multiplechoice", choices="yes\nno\nmaybe").widget, forms.RadioSelect)


def test_a_switch_is_told_in_words():
    assert field(type="multiplechoice", choices="true\nfalse").told("false") == "No"
    assert field(type="multiplechoice", choices="on\noff").told("on") == "On"


@pytest.mark.parametrize(
    ("item", "help_text"),
    [
        ({"question_description": "From <400>"}, "From &lt;400&gt;"),
        ({"default": "hello"}, ""),
        ({"default": "hello", "required": False}, "If left empty, hello is used."),
        (
            {"default": "a\nb", "required": False, "question_description": "Lines"},
            "Lines. If left empty, the suggestion is used.",
        ),
        ({"default": "", "required": False}, ""),
        ({"type": "integer", "default": 0, "required": False}, "If left empty, 0 is used."),
        ({"type": "password", "default": ENCRYPTED, "required": False}, "If left empty, the stored one is used."),
    ],
)
def test_the_help_is_escaped_and_says_what_an_empty_answer_means(item, help_text):
    assert field(**item).help_text == help_text


@pytest.mark.parametrize("item", [{"type": "date"}, {"type": ""}, {"type": "multiplechoice", "choices": ["", None]}])
def test_what_cannot_be_asked_is_said(item):
    with pytest.raises(Unorderable, match="VLAN number"):
        field(**item)


def test_a_multiselect_of_an_old_survey_can_be_cleared_of_the_default_that_tower_would_use():
    assert field(type="multiselect", choices=["a", "b"], default=["a"], required=False).clean([]) == []
    assert field(type="multiselect", choices=["a", "b"], default="a", required=False).clean([]) is None
