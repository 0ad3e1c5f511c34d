"""The portal's reading of a survey agrees with a real AWX."""

import json
from pathlib import Path
from typing import Any

import pytest

from catalog.survey import ENCRYPTED, Question, job_vars, parse, refusals

RECORDED = Path(__file__).parent.parent / "recorded" / "survey-verdicts.jsonl"
SURVEYS = [entry for entry in map(json.loads, RECORDED.read_text().splitlines()) if entry["spec_status"] == 200]
LAUNCHES = [(entry, launch) for entry in SURVEYS for launch in entry["launches"]]


def test_the_recordings_are_all_there():
    assert len(LAUNCHES) == 1155
    assert sum(launch["status"] == 201 for _, launch in LAUNCHES) == 634


def test_every_recorded_launch_is_accepted_or_refused_with_the_same_words():
    for entry, launch in LAUNCHES:
        told = refusals(parse(entry["spec"]["spec"]), launch["extra_vars"])

        assert (400 if told else 201) == launch["status"], launch
        assert told == launch.get("body", {}).get("variables_needed_to_start", []), launch


def test_every_recorded_job_got_the_variables_that_we_say():
    for entry, launch in LAUNCHES:
        if launch["status"] == 201:
            got, ignored = job_vars(
                parse(entry["spec"]["spec"]), launch["extra_vars"], ask_variables=entry["ask_variables"]
            )

            assert got == launch["job_extra_vars"], entry
            assert ignored == launch["ignored_fields"].get("extra_vars", {}), entry


def question(**item: Any) -> Question:
    (one,) = parse([{"variable": "v", "type": "text", "question_name": "Q", "required": False} | item])
    return one


def test_choices_come_as_a_list_or_as_text_with_blank_lines():
    assert question(type="multiplechoice", choices=["a", " b "]).choices == ("a", " b ")
    assert question(type="multiplechoice", choices="a\r\n\n  \n b ").choices == ("a", " b ")


@pytest.mark.parametrize("none", ["", None, "soon", "1e999x", [], float("inf"), float("nan")])
def test_a_limit_that_is_no_number_is_none(none):
    assert question(type="integer", min=none, max=none).min is None


@pytest.mark.parametrize(("stored", "read"), [("5", 5), (5, 5), (0, 0), ("0.5", 0.5), (-3, -3)])
def test_a_limit_may_be_stored_as_text(stored, read):
    assert question(type="float", min=stored).min == read


def test_what_is_no_question_is_left_out():
    assert parse([None, "text", {}, {"type": "text"}, {"variable": ""}]) == ()


def test_a_question_without_a_name_is_called_by_its_variable():
    assert question(question_name="  ").label == "v"
    assert question(question_name=None, question_description=None).help == ""


def test_a_multiselect_suggests_the_lines_of_its_default_that_are_choices():
    asked = question(type="multiselect", choices="a\nb\nc", default="c\n\nz\na")

    assert asked.suggestion == ["c", "a"]
    assert asked.applied_default is None


def test_an_old_multiselect_default_is_a_list_and_tower_applies_it():
    asked = question(type="multiselect", choices=["a", "b"], default=["b"])

    assert asked.suggestion == asked.applied_default == ["b"]


@pytest.mark.parametrize(
    "item",
    [
        {"type": "integer", "min": 1, "max": 9, "default": 10},
        {"type": "integer", "default": ""},
        {"type": "integer", "default": True},
        {"type": "float", "default": "2.5"},
        {"type": "text", "min": 3, "default": ""},
        {"type": "multiplechoice", "choices": "a\nb", "default": ""},
        {"type": "password", "default": ENCRYPTED},
    ],
)
def test_a_default_that_tower_drops_or_hides_is_not_suggested(item):
    assert question(**item).suggestion is None


def test_zero_and_an_empty_text_are_defaults():
    assert question(type="integer", min=0, default=0).suggestion == 0
    assert question(type="text", default="").applied_default == ""
