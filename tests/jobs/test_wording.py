"""Words before codes, and nothing claimed that is not known."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from catalog.models import Controller, Tile
from jobs import timeline, wording
from jobs.models import ACTIVE, Job, Status


def job(status, **fields):
    usual = fields.pop("usual", None)
    controller = fields.pop("controller", Controller(name="Tower"))
    fields.setdefault("ordered_by", User(username="alice", first_name="Alice"))
    return Job(tile=Tile(title="New network", usual_seconds=usual), controller=controller, status=status, **fields)


@pytest.mark.parametrize("status", list(Status))
def test_every_state_has_its_words(status):
    chip = wording.chip(job(status))

    assert chip.word
    assert chip.state in {"wait", "run", "done", "fail", "doubt", "stopped"}
    assert status.value not in chip.word


@pytest.mark.parametrize("status", [status for status in Status if status not in ACTIVE])
def test_every_ending_has_a_verdict_and_every_active_state_none(status):
    assert wording.verdict(job(status))
    assert not any(wording.verdict(job(active)) for active in ACTIVE)


def test_an_order_in_doubt_says_not_to_order_again():
    assert "don’t order it again" in wording.chip(job(Status.IN_DOUBT)).line


def test_an_order_waits_for_a_tower_that_does_not_answer_and_says_it_is_safe():
    chip = wording.chip(job(Status.QUEUED, controller=Controller(trouble="down")))

    assert (chip.word, "safe" in chip.line) == ("Waiting for Tower", True)


def test_a_paused_tower_is_not_said_to_be_silent():
    assert "answer" not in wording.chip(job(Status.QUEUED, controller=Controller(paused=True))).line


def test_progress_is_known_from_history_only():
    started = timezone.now() - timedelta(seconds=12)

    assert wording.progress(job(Status.RUNNING, started_at=started)) is None
    assert wording.progress(job(Status.RUNNING, started_at=started, usual=24.0)) == 50
    assert wording.time_left(job(Status.RUNNING, started_at=started)) == ""


def test_progress_never_claims_to_be_done():
    started = timezone.now() - timedelta(seconds=30)
    late = job(Status.RUNNING, started_at=started, usual=24.0)

    assert wording.progress(late) is None
    assert wording.time_left(late) == "Longer than usual"


@pytest.mark.parametrize(
    ("hosts", "changed"),
    [
        ([], None),
        ([{"name": "a", "state": "failed", "changed": False}], False),
        ([{"name": "a", "state": "failed", "changed": True}], True),
        ([{"name": "a", "state": "ok", "changed": False}, {"name": "b", "state": "changed", "changed": True}], True),
    ],
)
def test_nothing_changed_needs_proof(hosts, changed):
    failed = job(Status.FAILED, hosts=hosts)

    assert wording.anything_changed(failed) is changed
    assert (wording.chip(failed).line == "Nothing changed") is (changed is False)


def test_a_long_list_of_changed_devices_is_cut():
    hosts = [{"name": f"sw-{number}", "state": "changed", "changed": True} for number in range(9)]

    assert "and 5 more" in wording.failure(job(Status.FAILED, hosts=hosts)).changed


def test_a_refused_order_changed_nothing():
    assert wording.failure(job(Status.REFUSED)).anything_changed is False


@pytest.mark.parametrize(
    ("name", "words"),
    [("_vlan_id", "VLAN ID"), ("gateway", "Gateway"), ("customer_name", "Customer name"), ("Switches", "Switches")],
)
def test_facts_are_labelled_in_words(name, words):
    assert wording.label(name) == words


def test_at_most_six_plain_facts_are_shown():
    artifacts = {f"fact_{number}": number for number in range(9)} | {"nested": {"a": 1}}

    assert len(wording.facts(artifacts)) == 6
    assert wording.facts({"nested": {"a": 1}, "empty": "", "on": True}) == [("On", "Yes")]


@pytest.mark.django_db
def test_the_timeline_of_an_active_order_ends_with_what_is_to_come(django_user_model):
    active = job(Status.RUNNING, usual=25.0, ordered_by=django_user_model(username="alice"))
    active.pk = 1

    *_, now, last = timeline.steps(active)

    assert (now.title, now.state) == ("Being built", "now")
    assert (last.title, last.state, last.note) == ("Done", "todo", "Usually 25 s")
