"""The order form as a whole: what it launches with, the passwords it keeps, what stands in the way."""

import pytest

from catalog.forms import LaunchForm, LaunchRequest, Unorderable, blockers
from catalog.survey import ENCRYPTED
from tests.catalog.surveys import form, tile

TEXT = {"variable": "_tenant", "question_name": "Tenant", "required": True}
VLAN = {"variable": "_vlan", "question_name": "VLAN", "type": "integer", "required": True, "min": 1, "max": 4094}
KEY = {"variable": "_key", "question_name": "Key", "type": "password", "required": True, "min": 4}
STORED = {"variable": "_stored", "question_name": "Stored", "type": "password", "default": ENCRYPTED}


def test_answers_become_strictly_typed_variables_and_secrets_stay_apart():
    sent = form(TEXT, VLAN, KEY, _tenant="TEN_GAS", _vlan="465", _key="s3cret")

    assert sent.is_valid()
    request = sent.launch_request()
    assert request.extra_vars == {"_tenant": "TEN_GAS", "_vlan": 465}
    assert request.secrets == {"_key": "s3cret"}
    assert request.kept == frozenset()
    assert "s3cret" not in repr(request)
    assert request.answers == [
        {"variable": "_tenant", "label": "Tenant", "value": "TEN_GAS", "secret": False},
        {"variable": "_vlan", "label": "VLAN", "value": "465", "secret": False},
        {"variable": "_key", "label": "Key", "value": "", "secret": True},
    ]


def test_blanks_are_left_out_and_zero_is_an_answer():
    sent = form({}, {"type": "integer"}, {"type": "float"}, {"type": "multiselect", "choices": "a\nb"}, v1="0")

    assert sent.is_valid()
    assert sent.launch_request().extra_vars == {"v1": 0}


def test_a_required_answer_is_sent_even_if_it_is_the_default():
    asked = {"required": True, "default": "hello"}

    assert LaunchForm(tile(asked))["v0"].initial == "hello"
    sent = form(asked, v0="hello")
    assert sent.is_valid()
    assert sent.launch_request().extra_vars == {"v0": "hello"}


def test_a_switched_off_survey_is_not_asked():
    ordered = tile(TEXT)
    ordered.template.survey_enabled = False
    sent = LaunchForm(ordered, {})

    assert sent.is_valid()
    assert sent.launch_request() == LaunchRequest({}, {}, [])


def test_earlier_answers_take_the_place_of_defaults():
    switch = {"type": "multiplechoice", "choices": "true\nfalse", "required": True, "default": "true"}
    earlier = {"v0": 7, "v1": "false", "v2": ["b"], "_key": "s3cret"}
    again = LaunchForm(
        tile({"type": "integer", "default": 5}, switch, {"type": "multiselect", "choices": "a\nb"}, KEY),
        initial=earlier,
    )

    assert [again[name].initial for name in ("v0", "v1", "v2", "_key")] == ["7", False, ["b"], None]


def test_a_password_that_was_kept_is_used_when_none_is_typed():
    sent = form(TEXT, KEY, kept=["_key"], _tenant="TEN_GAS", _key="")

    assert getattr(sent.fields["_key"], "kept", None) is True
    assert sent.is_valid()
    assert sent.kept_used == {"_key"}
    request = sent.launch_request()
    assert request.secrets == {}
    assert request.answers[1]["secret"] is True
    assert request.with_kept({"_key": "s3cret", "_other": "x"}).secrets == {"_key": "s3cret"}
    assert request.with_kept({"_key": "s3cret"}).kept == frozenset()
    with pytest.raises(KeyError):
        request.with_kept({})


def test_a_password_that_is_typed_anew_wins_over_the_kept_one():
    sent = form(KEY, kept=["_key"], _key="another")

    assert sent.is_valid()
    assert sent.kept_used == set()
    assert sent.launch_request().secrets == {"_key": "another"}


def test_only_passwords_are_kept():
    sent = form(TEXT, kept=["_tenant"], _tenant="")

    assert not sent.is_valid()
    assert getattr(sent.fields["_tenant"], "kept", None) is False


def test_of_an_invalid_form_the_right_passwords_are_kept_and_no_others():
    other = {"variable": "_other", "type": "password", "min": 9}
    sent = form(VLAN, KEY, other, STORED, _vlan="5000", _key="s3cret", _other="short", _stored="")

    assert not sent.is_valid()
    assert sent.secrets_to_keep() == {"_key": "s3cret"}
    assert form(VLAN, KEY, _vlan="5000", _key="s3cret").secrets_to_keep() == {"_key": "s3cret"}
    assert LaunchForm(tile(KEY)).secrets_to_keep() == {}


def test_towers_stored_password_is_left_to_tower():
    sent = form(STORED, _stored="")

    assert sent.is_valid()
    assert sent.launch_request() == LaunchRequest({}, {}, [])


def test_towers_stored_password_is_asked_for_by_its_sign_where_an_answer_is_required():
    sent = form(STORED | {"required": True}, _stored="")

    assert sent.is_valid()
    request = sent.launch_request()
    assert request.extra_vars == {"_stored": ENCRYPTED}
    assert request.secrets == {}
    assert request.answers == [{"variable": "_stored", "label": "Stored", "value": "", "secret": True}]


def test_a_kept_password_goes_before_the_stored_one():
    sent = form(STORED | {"required": True}, kept=["_stored"], _stored="")

    assert sent.is_valid()
    assert sent.launch_request().extra_vars == {}
    assert sent.launch_request().kept == {"_stored"}


@pytest.mark.parametrize("variable", ["a b", 'quo"te', "ünï", "form-key", "1st", "a\nb", "x" * 300, "q-1", "<b>"])
def test_any_variable_can_be_asked_for(variable):
    ordered = tile({"variable": variable}, {"variable": "form_key"})
    names = [field.html_name for field in LaunchForm(ordered)]
    sent = LaunchForm(ordered, dict.fromkeys(names, "x"))

    assert sent.is_valid()
    assert sent.launch_request().extra_vars == {variable: "x", "form_key": "x"}
    assert names[1] == "a-form_key"


def test_a_variable_asked_for_twice_is_one_field_judged_by_both_questions():
    twice = [{"variable": "v", "max": 5}, {"variable": "v", "min": 3}]

    assert list(form(*twice, v="abcd").fields) == ["v"]
    assert form(*twice, v="abcd").is_valid()
    refused = form(*twice, v="ab")
    assert not refused.is_valid()
    assert "ab" not in str(refused.non_field_errors()[0]).split()


def test_a_survey_that_cannot_be_asked_makes_no_form():
    with pytest.raises(Unorderable):
        LaunchForm(tile({"type": "date"}))


def test_nothing_stands_in_the_way_of_an_ordinary_tile():
    assert blockers(tile(TEXT, defaults={"inventory": {"id": 2, "name": "Fabric"}}, variables_needed=["_tenant"])) == []
    assert blockers(tile()) == []


@pytest.mark.parametrize(
    ("prompts", "reason"),
    [
        ({"defaults": {"inventory": {"id": None, "name": None}}}, "no inventory"),
        (
            {"defaults": {"inventory": {"id": None}}, "asks": {"ask_inventory_on_launch": True}},
            "no inventory that the portal’s account may use",
        ),
        ({"variables_needed": ["_gone"]}, "“_gone”"),
    ],
)
def test_what_tower_needs_and_no_form_asks_for_stands_in_the_way(prompts, reason):
    (sentence,) = blockers(tile(TEXT, **prompts))

    assert reason in sentence
    assert sentence.endswith(".")


def test_a_workflow_needs_no_inventory():
    workflow = tile(defaults={"inventory": {"id": None}})
    workflow.template.kind = "workflow_job_template"

    assert blockers(workflow) == []


def test_an_unknown_kind_of_question_stands_in_the_way():
    assert blockers(tile({"type": "date", "question_name": "When"})) == [
        "“When” is a kind of question that the portal does not know yet."
    ]
