"""Values of prompts where something goes wrong: a lost answer, a refusal, a role that is missing."""

import json
from pathlib import Path

import pytest
from django.test import Client

from catalog.models import Controller
from jobs import launch, secrets
from jobs.models import Job, Status
from jobs.reconcile import alike
from tests.catalog.prompts import DEFAULTS

from .prompted import ANSWERS, EVERYTHING, PASSWORD, decide, offer

VERDICTS = Path(__file__).parent.parent / "recorded" / "prompt-verdicts.jsonl"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def visit(alice):
    client = Client()
    client.force_login(alice)
    return client


def test_other_values_are_another_order(everything, place):
    first = place(of=everything, **ANSWERS)
    assert place(of=everything, **ANSWERS).fingerprint == first.fingerprint
    assert place(of=everything, **ANSWERS | {"p-limit": "leaf-202"}).fingerprint != first.fingerprint
    assert place(of=everything, **ANSWERS | {"w-ssh_password": "other"}).fingerprint != first.fingerprint


def test_an_order_in_doubt_finds_the_job_with_its_own_values(everything, place, tower, work, at_once):
    others = [place(of=everything, **ANSWERS | {"p-limit": limit}) for limit in ("leaf-202", "leaf-201")]
    tower.fault("drop_after", on="launch", times=2)
    for job in others:
        Controller.objects.update(trouble="")
        launch.launch(job.pk)
    assert set(Job.objects.values_list("status", flat=True)) == {Status.IN_DOUBT}

    launch.launch(others[1].pk)
    launch.launch(others[0].pk)

    assert len(tower.jobs) == 2
    limits = {job["id"]: job["limit"] for job in tower.jobs}
    for job in Job.objects.all():
        assert job.tower_id is not None
        assert limits[job.tower_id] == job.prompts["limit"]


def test_what_a_real_tower_tells_of_its_jobs_is_what_was_sent_or_else_the_default():
    usual = {name: value for name, value in DEFAULTS.items() if value not in ({}, []) and name != "credentials"}
    told = [
        (name, line["job"][name], value)
        for line in map(json.loads, VERDICTS.read_text(encoding="utf-8").splitlines())
        if line["status"] == 201 and line["template"] in ("asks for every prompt", "asks for the limit only")
        for name, value in (usual | {"inventory": 2} | line["body"]).items()
        if name in line["job"] and name not in {"extra_vars", "diff_mode", *line["job"]["ignored_fields"]}
    ]

    assert len(told) > 800
    assert [one for one in told if not alike(*one[1:])] == []


def test_what_tower_says_no_to_is_told_with_its_label(everything, place, tower, work):
    job = place(of=everything, **ANSWERS)
    del tower.tower.world.inventories[50]
    work()

    job = Job.objects.get(pk=job.pk)
    assert job.status == Status.REFUSED
    assert job.explanation == "Inventory: what was chosen is no longer in Tower."


def test_a_password_that_tower_wants_since_is_told_in_words(furnished, controller, make_tile, place, work):
    pk = offer(furnished, controller, "Plain", credentials=["Fabric machine"])
    job = place(of=make_tile("Plain"))
    furnished.tower.world.templates[pk].credentials = [51]
    work()

    assert Job.objects.get(pk=job.pk).explanation == (
        "Tower wants a password that was not given: Password of the machines."
    )


def test_what_tower_ignores_is_in_the_timeline_by_its_label(everything, place, tower, work):
    job = place(of=everything, **ANSWERS)
    tower.tower.world.template_named("Ask for everything").asks -= {"limit", "variables"}
    work()

    (sent,) = Job.objects.get(pk=job.pk).timeline.filter(kind="sent")
    assert sent.text == "Tower ignored: Only these machines, ports, site"


def test_an_object_that_our_account_may_not_use_keeps_the_order_waiting(everything, place, tower, work):
    job = place(of=everything, **ANSWERS)
    tower.tower.accounts.named("portal-svc").use = set()
    work()

    job = Job.objects.get(pk=job.pk)
    assert job.status == Status.QUEUED
    assert "not with what was chosen" in job.explanation


def test_only_what_our_account_may_use_is_offered(tower, controller, furnished, make_tile, visit):
    tower.tower.accounts.named("portal-svc").use = {"Fabric B", "urgent"}
    offer(tower, controller, "Ask for everything", ask=EVERYTHING)
    kinds = controller.things.values_list("kind", "name")

    assert set(kinds) == {
        ("inventory", "Fabric B"), ("label", "urgent"), ("execution_environment", "AWX EE (latest)"),
        ("execution_environment", "Control Plane Execution Environment"),
    }  # fmt: skip
    tower.clear_requests()
    tile = make_tile("Ask for everything")
    decide(tile, inventory="ask", labels="ask")
    page = visit.get(tile.get_absolute_url()).content.decode()
    assert "Fabric B" in page
    assert tower.requests == [], "a page never asks Tower"


def test_passwords_are_apart_from_answers(everything, place):
    job = place(of=everything, **ANSWERS)

    assert secrets.reveal(job)["launch:ssh_password"] == PASSWORD
    assert PASSWORD not in json.dumps([job.answers, job.extra_vars, job.prompts], ensure_ascii=False)
