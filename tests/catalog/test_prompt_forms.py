"""The order form asks what Tower asks for at launch, and launches with just that."""

from typing import Any

import pytest

from catalog import asking
from catalog.forms import LaunchForm, blockers
from catalog.prompts.fields import FIELDS
from tests.catalog.prompts import EVERYTHING, sent, template, tile_of
from tests.catalog.surveys import tile

pytestmark = pytest.mark.django_db
NO_INVENTORY: dict[str, Any] = {"inventory": {"id": None, "name": None}}
ASKING = [{"id": 4, "name": "Asking machine", "credential_type": 1, "passwords_needed": ["ssh_password"]}]
ALL = [field.name for field in FIELDS]


def choices(form: LaunchForm, name: str) -> list[str]:
    return [str(label) for _, label in form.fields[name].widget.choices]


def test_a_new_tile_leaves_to_tower_what_has_a_usable_default():
    assert list(LaunchForm(tile_of(template(*EVERYTHING))).fields) == []


def test_a_new_tile_asks_what_tower_cannot_start_without():
    ordered = tile_of(template(*EVERYTHING, **NO_INVENTORY))
    found = LaunchForm(ordered)

    assert list(found.fields) == ["p-inventory"]
    assert choices(found, "p-inventory") == ["Fabric A", "Fabric B"]
    assert sent(ordered).errors["p-inventory"] == ["Choose inventory"]


def test_nothing_is_sent_for_what_is_not_answered():
    form = sent(tile_of(template(*EVERYTHING), **dict.fromkeys(ALL, "ask")))

    assert form.is_valid(), form.errors
    assert form.launch_request().prompts == {"diff_mode": False}
    assert form.launch_request().extra_vars == {}


def test_every_answer_reaches_the_launch_in_towers_json():
    form = sent(
        tile_of(template(*EVERYTHING), **dict.fromkeys(ALL, "ask")),
        p_inventory="5", p_limit=" leaf-101 ", p_job_type="check", p_job_tags="a,b", p_skip_tags="c",
        p_scm_branch="main", p_diff_mode="on", p_verbosity="3", p_forks="5", p_timeout="60", p_job_slice_count="0",
        p_execution_environment="1", p_labels=["2", "1"], p_instance_groups=["2"],
        p_extra_vars="site: Antwerp\nports: [1, 2]",
    )  # fmt: skip

    assert form.is_valid(), form.errors
    asked = form.launch_request()
    assert asked.prompts == {
        "inventory": 5, "limit": "leaf-101", "job_type": "check", "job_tags": "a,b", "skip_tags": "c",
        "scm_branch": "main", "diff_mode": True, "verbosity": 3, "forks": 5, "timeout": 60, "job_slice_count": 0,
        "execution_environment": 1, "labels": [2, 1], "instance_groups": [2],
    }  # fmt: skip
    assert asked.extra_vars == {"site": "Antwerp", "ports": [1, 2]}
    told = {answer["label"]: answer["value"] for answer in asked.answers}
    assert told["Inventory"] == "Fabric B"
    assert told["What to do"] == "Only check what would change"
    assert told["Show differences"] == "Yes"
    assert told["Labels"] == ["urgent", "portal"]
    assert told["Extra variables"] == ["site: Antwerp", "ports: [1, 2]"]


def test_a_workflow_asks_for_less():
    found = template(*EVERYTHING, kind="workflow_job_template", **NO_INVENTORY)
    form = sent(tile_of(found, **dict.fromkeys(ALL, "ask")), p_limit="leaf-101")

    assert list(form.fields) == [f"p-{name}" for name in (
        "inventory", "limit", "job_tags", "skip_tags", "scm_branch", "labels", "extra_vars")]  # fmt: skip
    assert form.is_valid(), "a workflow needs no inventory"
    assert form.launch_request().prompts == {"limit": "leaf-101"}


# Credentials ----------------------------------------------------------------------------------------------------------


def test_credentials_are_chosen_by_type_and_those_of_the_template_stay():
    found = tile_of(template("credential"), credentials="ask")
    form = sent(found, p_credentials__3__dev="6", w_x7661756c745f70617373776f72642e646576="open")

    assert choices(form, "p-credentials-1") == ["Fabric machine (the usual one)", "Asking machine"]
    assert choices(form, "p-credentials-3-dev") == ["None", "Vault dev"]
    assert form.fields["p-credentials-3-dev"].label == "Vault credential “dev”"
    assert form.is_valid(), form.errors
    asked = form.launch_request()
    assert asked.prompts == {"credentials": [3, 6]}
    assert asked.secrets == {"launch:vault_password.dev": "open"}


def test_a_chosen_credential_replaces_the_one_of_its_type_and_wants_its_password():
    found = tile_of(template("credential"), credentials="ask")

    without = sent(found, p_credentials__1="4")
    assert without.errors["w-ssh_password"] == ["Enter password of the machines"]
    form = sent(found, p_credentials__1="4", w_ssh_password="s3cret")
    assert form.is_valid(), form.errors
    asked = form.launch_request()
    assert asked.prompts == {"credentials": [4]}
    assert asked.secrets == {"launch:ssh_password": "s3cret"}
    assert {"variable": "launch:ssh_password", "label": "Password of the machines", "value": "", "secret": True} in (
        asked.answers
    )


def test_a_password_that_the_chosen_credential_does_not_want_is_left_out():
    form = sent(tile_of(template("credential"), credentials="ask"), w_ssh_password="s3cret")

    assert form.is_valid(), form.errors
    assert form.launch_request().prompts == {}
    assert form.launch_request().secrets == {}


def test_passwords_of_the_templates_own_credentials_are_asked_each_time():
    found = tile_of(template(credentials=ASKING))

    assert list(LaunchForm(found).fields) == ["w-ssh_password"]
    assert sent(found).errors["w-ssh_password"] == ["Enter password of the machines"]
    kept = sent(found, kept=["launch:ssh_password"])
    assert kept.is_valid()
    password = {"launch:ssh_password": "s3cret"}
    assert kept.launch_request().with_kept(password).secrets == password


def test_a_password_of_the_credential_a_curator_set_is_asked():
    found = tile_of(template("credential"), credentials=[4])
    form = sent(found, w_ssh_password="s3cret")

    assert form.is_valid(), form.errors
    assert form.launch_request().prompts == {"credentials": [4]}


# What a curator decided -----------------------------------------------------------------------------------------------


def test_a_value_for_good_is_sent_and_shown_and_not_asked():
    form = sent(tile_of(template(*EVERYTHING), inventory=5, limit="", diff_mode=True, extra_vars={"site": "Antwerp"}))

    assert list(form.fields) == []
    assert form.is_valid(), form.errors
    asked = form.launch_request()
    assert asked.prompts == {"inventory": 5, "limit": "", "diff_mode": True}
    assert asked.extra_vars == {"site": "Antwerp"}
    assert [(one["label"], one["value"]) for one in form.fixed] == [
        ("Inventory", "Fabric B"), ("Only these machines", ""), ("Show differences", "Yes"),
        ("Extra variables", ["site: Antwerp"]),
    ]  # fmt: skip


def test_an_answer_to_the_survey_beats_a_variable_set_for_good():
    question = {"variable": "site", "question_name": "Site", "type": "text", "required": True}
    form = sent(tile_of(template("variables", survey=[question]), extra_vars={"site": "Ghent", "a": 1}), site="Antwerp")

    assert form.is_valid(), form.errors
    assert form.launch_request().extra_vars == {"site": "Antwerp", "a": 1}


def test_a_variable_is_not_asked_for_twice():
    question = {"variable": "site", "question_name": "Site", "type": "text", "required": True}
    found = tile_of(template("variables", survey=[question]), extra_vars="ask")

    form = sent(found, site="Antwerp", p_extra_vars="site: Ghent")

    assert form.errors["p-extra_vars"] == ["Leave out site: it is asked for above"]


# What stands in the way -----------------------------------------------------------------------------------------------


def test_an_inventory_that_may_no_longer_be_used_stands_in_the_way():
    found = tile_of(template("inventory", **NO_INVENTORY), inventory=99)

    assert blockers(found) == ["“Inventory” is set to something that the portal’s account may no longer use in Tower."]


def test_an_inventory_that_is_missing_and_hidden_stands_in_the_way():
    assert blockers(tile_of(template("inventory", **NO_INVENTORY), inventory="hide")) == [
        "Tower asks for an inventory, and this tile neither asks for one nor has one."
    ]


def test_a_survey_cannot_take_the_place_of_a_prompt():
    (sentence,) = blockers(tile({"variable": "launch:limit", "question_name": "Limit"}))

    assert sentence == "“Limit” has a name in its survey that the portal keeps for itself."


def test_a_form_without_prompts_reads_no_row(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert asking.of(tile()).asked == ()
