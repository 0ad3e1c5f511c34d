"""Somebody wants a job stopped: Tower is asked until it shows it, and what became of it is told as it is."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from jobs import follow, stopping, tasks, verbs, wording
from jobs.models import Job, Status
from portal.tower.client import Tower
from tests.jobs.looking import asked, fresh, kinds

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_once")]

SOON = timedelta(seconds=1)


@pytest.fixture
def running(place, tower, work):
    """An order whose job runs in Tower."""
    job = place()
    work()
    tower.start(tower.jobs[0]["id"])
    work()
    return fresh(job)


@pytest.fixture
def cancel(tower):
    """The path of the cancel of Tower's first job, for faults."""
    return lambda: f"/jobs/{tower.jobs[0]['id']}/cancel"


def chip(job):
    job = Job.objects.for_rows().get(pk=job.pk)
    return wording.chip(job)


def test_the_wish_is_written_down_and_tower_is_asked_by_a_worker(running, alice, tower, work):
    assert verbs.stop(running, by=alice)
    assert not asked(tower, "cancel")
    assert (fresh(running).stop_wanted_by, chip(running).word) == (alice, "Stopping…")

    work()

    assert tower.jobs[0]["canceled_on"]
    assert fresh(running).status == Status.RUNNING
    assert chip(running).word == "Stopping…"


def test_it_is_stopped_when_tower_says_so(running, alice, tower, work):
    verbs.stop(running, by=alice)
    work()

    tower.finish(tower.jobs[0]["id"], "canceled", hosts=["leaf-101"])
    work(2)

    assert fresh(running).status == Status.CANCELED
    assert (chip(running).word, chip(running).line) == ("Stopped by Alice", "Before anything changed")
    assert kinds(running) == ["ordered", "sent", "started", "stop_wanted", "canceled"]


def test_a_job_that_waits_in_tower_is_stopped_at_once(place, alice, tower, work):
    job = place()
    work()

    verbs.stop(job, by=alice)
    work()

    assert fresh(job).status == Status.CANCELED
    assert chip(job).line == "Before anything changed"


def test_202_is_not_the_end_and_a_job_that_goes_well_all_the_same_is_told_as_done(running, alice, tower, work):
    verbs.stop(running, by=alice)
    work()
    tower.finish(tower.jobs[0]["id"], "successful")
    work(2)

    assert fresh(running).status == Status.SUCCESSFUL
    assert (chip(running).word, chip(running).line) == ("Done", "It ended before it could be stopped")
    assert "It ended before it could be stopped" in wording.verdict(fresh(running)).line


@pytest.mark.parametrize("ending", ["successful", "failed"])
def test_what_ended_in_between_is_403_in_tower_and_told_as_it_ended(ending, running, alice, tower, work):
    verbs.stop(running, by=alice)
    tower.finish(tower.jobs[0]["id"], ending)

    work()

    job = fresh(running)
    assert job.status == ending
    assert job.stop_sent_at is None
    assert not asked(tower, "cancel")


def test_what_ends_between_looking_and_asking_is_told_as_it_ended(running, alice, tower, work, monkeypatch):
    verbs.stop(running, by=alice)
    real = stopping._ask

    def late(*args):
        tower.finish(tower.jobs[0]["id"], "successful")
        return real(*args)

    monkeypatch.setattr(stopping, "_ask", late)
    work()

    assert len(asked(tower, "cancel")) == 1
    assert (fresh(running).status, fresh(running).stop_sent_at) == (Status.SUCCESSFUL, None)


@pytest.mark.parametrize("fault", ["drop_after", "error_after"])
def test_a_lost_answer_is_found_in_tower_and_not_asked_again(fault, running, alice, tower, work, cancel):
    verbs.stop(running, by=alice)
    tower.fault(fault, on=cancel())

    work()
    assert tower.jobs[0]["canceled_on"]
    work(2, later=SOON)

    assert len(asked(tower, "cancel")) == 1
    assert fresh(running).stop_due_at is None
    tower.finish(tower.jobs[0]["id"], "canceled")
    work()
    assert chip(running).word == "Stopped by Alice"


@pytest.mark.parametrize("fault", ["drop_before", "error_before", "bad_gateway", "html", "redirect", "throttle"])
def test_what_tower_never_got_is_asked_again(fault, running, alice, tower, work, cancel):
    verbs.stop(running, by=alice)
    tower.fault(fault, on=cancel())

    work()
    assert not tower.jobs[0]["canceled_on"]
    work(2, later=SOON)

    assert tower.jobs[0]["canceled_on"]
    assert len(asked(tower, "cancel")) == 2


def test_an_older_tower_that_does_not_show_it_is_asked_until_the_job_has_ended(
    running, alice, tower, work, monkeypatch
):
    real = Tower.job
    monkeypatch.setattr(Tower, "job", lambda *args: replace(real(*args), canceled_on=None))
    verbs.stop(running, by=alice)
    work(2, later=SOON)
    assert len(asked(tower, "cancel")) == 2

    tower.finish(tower.jobs[0]["id"], "canceled")
    work(2, later=SOON)

    assert len(asked(tower, "cancel")) == 2
    assert chip(running).word == "Stopped by Alice"


def test_a_tower_that_is_down_is_asked_when_it_is_back(running, alice, tower, work):
    verbs.stop(running, by=alice)
    tower.down()
    work()
    assert chip(running).word == "Stopping…"

    tower.up()
    work(2, later=SOON)

    assert tower.jobs[0]["canceled_on"]


@pytest.mark.usefixtures("impatient")
def test_a_tower_that_hangs_is_asked_again(running, alice, tower, work):
    verbs.stop(running, by=alice)
    tower.hang()
    stopping.stop(running.pk)
    assert fresh(running).stop_due_at

    tower.unhang()
    work(2, later=SOON)

    assert tower.jobs[0]["canceled_on"]


def test_a_worker_that_dies_in_between_costs_only_its_lease(running, alice, tower, work, monkeypatch):
    verbs.stop(running, by=alice)
    with monkeypatch.context() as patch:
        patch.setattr(stopping, "_step", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            stopping.stop(running.pk)
    stopping.stop(running.pk)
    assert not asked(tower, "cancel")

    work(1, later=SOON)

    assert tower.jobs[0]["canceled_on"]


def test_a_second_wish_changes_nothing(running, alice, tower, work):
    assert verbs.stop(running, by=alice)
    assert verbs.stop(running, by=alice)
    work()

    assert kinds(running).count("stop_wanted") == 1
    assert len(asked(tower, "cancel")) == 1


def test_two_workers_at_once_ask_once(running, alice, tower):
    verbs.stop(running, by=alice)

    stopping.stop(running.pk)
    stopping.stop(running.pk)

    assert len(asked(tower, "cancel")) == 1


def test_an_account_that_may_not_stop_it_is_told_and_tried_again(running, alice, tower, work, controller):
    type(controller).objects.update(token=tower.read_token)
    verbs.stop(running, by=alice)
    work()

    assert "Someone has to stop it in Tower" in chip(running).line
    assert fresh(running).stop_sent_at is None
    assert fresh(running).stop_due_at > timezone.now()

    type(controller).objects.update(token=tower.token)
    work(2, later=SOON)
    assert tower.jobs[0]["canceled_on"]
    assert "Someone has to" not in chip(running).line


def test_what_somebody_stopped_in_tower_is_not_said_to_be_stopped_here(running, alice, tower, work):
    tower.tower.ledger.request_cancel(tower.tower.ledger.jobs[tower.jobs[0]["id"]])
    verbs.stop(running, by=alice)
    work()
    tower.finish(tower.jobs[0]["id"], "canceled")
    work()

    assert not asked(tower, "cancel")
    assert chip(running).word == "Stopped"


def test_a_job_that_tower_deleted_meanwhile_is_lost_not_stopped(running, alice, tower, work):
    verbs.stop(running, by=alice)
    tower.delete_job(tower.jobs[0]["id"])

    stopping.stop(running.pk)
    type(running.controller).objects.update(swept_at=None)
    follow.follow(running.controller_id)

    assert fresh(running).status == Status.LOST


def test_an_order_in_doubt_cannot_be_stopped_until_it_is_found(place, alice, tower, work):
    job = place()
    tower.fault("drop_after", on="launch")
    tower.fault("bad_gateway", on="/unified_jobs", times=0)
    work()
    assert fresh(job).status == Status.IN_DOUBT

    assert not verbs.stop(job, by=alice)

    assert fresh(job).stop_wanted_at is None


def test_a_workflow_is_stopped_with_its_jobs(make_tile, place, alice, tower, work):
    answers = {"_tenant_shortname": "acme", "_customer_id": "K1", "_epg_name": "web", "_vlan_id": "465"}
    job = place(of=make_tile("Customer onboarding"), **answers)
    work()
    tower.start(tower.jobs[0]["id"])
    work()

    verbs.stop(fresh(job), by=alice)
    work()

    assert all(one["canceled_on"] for one in tower.jobs)


def test_the_sweep_finds_what_a_lost_nudge_left(running, alice, monkeypatch):
    sent = []
    monkeypatch.setattr(tasks.stop_job, "apply_async", lambda args, **_: sent.append(args))
    verbs.stop(running, by=alice)
    assert sent == [[running.pk]]

    tasks.launch_due()

    assert sent == [[running.pk], [running.pk]]
