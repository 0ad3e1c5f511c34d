"""Whatever is typed: what the form accepts Tower accepts, and it reaches the launch as Tower would have read it.

What the form refuses Tower refuses too, or the reason is on the list of stricter rules in `catalog.promptfields`.
"""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.asking import Asking
from catalog.promptfields import fields_for
from catalog.promptform import PromptForm
from catalog.prompts import Thing, read, refusals
from catalog.prompts.coercion import read_body
from catalog.prompts.fields import BIGGEST, FIELDS, Field, Kind
from demo.tower import prompts as demo
from demo.tower.world import Credential, Inventory, World
from tests.catalog.prompts import DEFAULTS, EVERYTHING

THINGS = {
    "inventory": [Thing(2, "Fabric A"), Thing(5, "Fabric B")],
    "credential": [Thing(3, "Fabric machine", type_id=1), Thing(6, "Vault", type_id=3, vault_id="dev")],
    "execution_environment": [Thing(1, "AWX EE"), Thing(2, "Control Plane")],
    "label": [Thing(1, "portal"), Thing(2, "urgent")],
    "instance_group": [Thing(1, "controlplane"), Thing(2, "default")],
}
OBJECTS = {kind: {one.id: one for one in things} for kind, things in THINGS.items()}
STORED = {"asks": {f"ask_{name}_on_launch": True for name in EVERYTHING}, "defaults": DEFAULTS}
WORLD = World(
    inventories={one.id: Inventory(one.id, one.name) for one in THINGS["inventory"]},
    credentials={one.id: Credential(one.id, one.name) for one in THINGS["credential"]},
    labels={one.id: one.name for one in THINGS["label"]},
)

TYPED = st.one_of(
    st.sampled_from(["", " ", "0", "1", "2", "5", "-1", "007", "2147483647", "2147483648", "1.5", "run", "check", "Run",
                     "True", "on", "a,b", " leaf-101 ", "all:!leaf-102", "x" * 1024, "x" * 1025, "\0", "a\nb",
                     "site: Antwerp", "a: [1, {b: null}]", '{"a": 1}', "- x", "a: [", "a: .nan", "99999"]),
    st.text(max_size=12),
    st.integers().map(str),
)  # fmt: skip


def asking_for(kind: str) -> Asking:
    prompts = read(kind, STORED)
    return Asking(prompts, prompts.asked, {}, OBJECTS)


PLANS = {kind: asking_for(kind) for kind in ("job_template", "workflow_job_template")}


def answered(field: Any, typed: str) -> tuple[Any, str]:
    """The answer in what was typed, or the code of the refusal."""
    try:
        return field.clean([typed] if getattr(field.widget, "allow_multiple_selected", False) else typed), ""
    except ValidationError as refused:
        return None, str(refused.code)


@pytest.mark.parametrize("kind", PLANS)
@given(data=st.data())
@settings(max_examples=100, derandomize=True, deadline=None)
def test_what_the_form_accepts_tower_accepts_as_it_was_meant(kind: str, data: st.DataObject):
    plan = PLANS[kind]
    form = PromptForm(plan)
    answers: dict[str, Any] = {}
    for name, field in form.fields.items():
        answer, _ = answered(field, data.draw(TYPED, name))
        if answer is not None and not field.question.secret:
            answers[field.question.variable] = answer

    body = form.body(answers)

    assert refusals(plan.prompts, body, OBJECTS) == {}
    assert None not in body.values()
    workflow = kind != "job_template"
    assert demo.read(WORLD, body, workflow=workflow) == (body, {}), "the demo Tower takes it, and changes nothing"
    assert read_body(body, OBJECTS, workflow=workflow) == (body, {})


@pytest.mark.parametrize("field", [one for one in FIELDS if one.kind != Kind.CREDENTIALS], ids=lambda one: one.name)
@given(typed=TYPED)
@settings(max_examples=60, derandomize=True, deadline=None)
def test_what_the_form_refuses_tower_refuses_or_the_rule_is_known(field: Field, typed: str):
    plan = PLANS["job_template"]
    prompt = plan.prompts.named(field.name)
    assert prompt is not None
    (asked,) = fields_for(prompt, plan).values()

    answer, refused = answered(asked, typed)

    sent: Any = [typed] if field.kind == Kind.OBJECTS else typed
    verdict = refusals(plan.prompts, {field.name: sent}, OBJECTS)
    if answer is not None and field.kind not in {Kind.SWITCH, Kind.VARIABLES}:
        assert not verdict
        assert answer == read_body({field.name: sent}, OBJECTS, workflow=False)[0][field.name]
    if refused and not verdict:
        assert stricter(field, typed), (typed, refused)


def stricter(field: Field, typed: str) -> bool:
    """Whether one of the stricter rules applies to what was typed."""
    if field.kind == Kind.WHOLE:
        return not 0 <= int(typed.strip().removesuffix(".0")) <= BIGGEST or ".0" in typed
    if field.kind == Kind.TEXT:
        stored = "\0" not in typed and not any("\ud800" <= one <= "\udfff" for one in typed)
        return not stored or len(typed.strip()) > (field.most or len(typed))
    if field.kind == Kind.VARIABLES:
        return "{" in typed or ":" in typed or not typed.strip()
    # An object is chosen, not typed, and the template's own is what no answer means.
    return bool(field.thing) and (typed == "2" or not typed.isascii() or typed != str(int(typed)))
