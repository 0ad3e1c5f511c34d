"""The steps of a workflow are followed with few questions, and shown in plain words."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import Controller
from jobs import follow, stepwords
from jobs.models import Job, Status

from .signing import answered, fresh, kinds, page, play

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_once")]


def states(job):
    return {step.identifier: step.status or ("skipped" if step.skipped else "") for step in job.steps.all()}


def words(job):
    return [(shown.title, shown.word) for shown in stepwords.shown(fresh(job), decides=False)]


def test_the_steps_are_known_as_soon_as_tower_has_the_workflow(signed_tile, place, work):
    job = place(of=signed_tile, **answered())
    work(2)

    assert states(job) == {"prepare": "", "sign-off": "", "setup": "", "denied-note": ""}
    assert words(job)[0] == ("Prepare", "Waiting its turn")


def test_each_step_is_followed_to_its_end(plain_workflow, tower, work):
    job, _ = plain_workflow
    prepare = tower.jobs[-1]["id"]
    tower.start(prepare)
    work()
    assert states(job)["prepare"] == "running"

    tower.finish(prepare)
    work()
    setup = tower.jobs[-1]["id"]
    assert states(job) == {"prepare": "successful", "setup": "pending", "note": "skipped"}
    tower.finish(setup)
    work(3)

    assert states(job) == {"prepare": "successful", "setup": "successful", "note": "skipped"}
    assert fresh(job).status == Status.SUCCESSFUL
    assert [step.elapsed is not None for step in job.steps.all()] == [True, True, False]
    assert words(job) == [("Prepare", "Done"), ("Setup", "Done"), ("Note", "Skipped")]


def test_a_step_that_failed_leads_into_its_branch(plain_workflow, tower, work):
    job, _ = plain_workflow
    tower.finish(tower.jobs[-1]["id"], "failed")
    work(2)

    assert states(job) == {"prepare": "failed", "setup": "skipped", "note": "pending"}
    note = next(shown for shown in stepwords.shown(fresh(job), decides=False) if shown.title == "Note")
    assert (note.when, note.depth) == ("If “Prepare” fails", 1)


def test_a_tick_that_finds_nothing_new_asks_one_question_for_all(plain_workflow, tower, work):
    job, _ = plain_workflow
    tower.start(tower.jobs[-1]["id"])
    work(2)
    changed = fresh(job).changed_at
    tower.clear_requests()

    follow.follow(job.controller_id)

    assert len(tower.requests) == 1
    assert "unified_jobs" in tower.requests[0][1]
    assert fresh(job).changed_at == changed


def test_the_nodes_are_read_once_for_each_workflow_in_which_something_moved(plain_workflow, tower, work):
    job, workflow = plain_workflow
    work()
    tower.finish(tower.jobs[-1]["id"])
    tower.clear_requests()

    follow.follow(job.controller_id)

    nodes = [path for _, path in tower.requests if "workflow_nodes" in path]
    assert len(nodes) == 1
    assert f"/workflow_jobs/{workflow}/" in nodes[0]


def test_approvals_are_asked_for_only_while_one_waits(signed_tile, place, tower, work):
    job = play(place(of=signed_tile, **answered()), tower, work)
    tower.clear_requests()
    follow.follow(job.controller_id)
    assert [("approvals" in path) for _, path in tower.requests] == [False, True]

    tower.decide(tower.approvals()[0], approve=True)
    work(2)
    tower.clear_requests()
    follow.follow(job.controller_id)
    assert not [path for _, path in tower.requests if "approvals" in path]


def test_a_workflow_that_waits_in_the_queue_of_tower_costs_no_question_of_its_own(signed_tile, place, tower, work):
    job = place(of=signed_tile, **answered())
    work(2)
    tower.clear_requests()

    follow.follow(job.controller_id)

    assert len(tower.requests) == 1


def test_the_nodes_that_tower_does_not_show_are_no_outage(plain_workflow, tower, work):
    job, workflow = plain_workflow
    Controller.objects.update(swept_at=timezone.now() - timedelta(minutes=5))
    tower.fault("refuse_echo", on=f"/workflow_jobs/{workflow}/workflow_nodes/", times=1)

    follow.follow(job.controller_id)

    assert not Controller.objects.get().trouble
    assert fresh(job).status == Status.RUNNING


def test_steps_that_ended_between_two_ticks_are_read_at_the_end(plain_workflow, tower, work):
    job, _ = plain_workflow
    tower.finish(tower.jobs[-1]["id"])
    tower.finish(tower.jobs[-1]["id"])
    work(2)

    assert states(job) == {"prepare": "successful", "setup": "successful", "note": "skipped"}
    assert fresh(job).output_complete


def test_a_change_of_a_step_reaches_an_open_page(plain_workflow, tower, work, alice):
    job, _ = plain_workflow
    client = Client()
    client.force_login(alice)
    text = page(client, job)
    address = re.search(r'hx-get="([^"]*since=[^"]*)"', text)[1].replace("&amp;", "&")
    assert client.get(address, headers={"HX-Request": "true"}).status_code == 204

    tower.start(tower.jobs[-1]["id"])
    work()

    answer = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert 'id="job-steps"' in answer
    assert "Running" in answer


def test_a_workflow_that_was_stopped_says_what_was_not_run(plain_workflow, tower, work):
    job, workflow = plain_workflow
    tower.tower.ledger.request_cancel(tower.tower.ledger.jobs[workflow])
    tower.finish(tower.jobs[-1]["id"], "canceled")
    work(3)

    assert fresh(job).status == Status.CANCELED
    assert dict(words(job))["Prepare"] == "Stopped"
    assert "Not run" in dict(words(job)).values()


def test_a_job_without_steps_shows_none(place, work, alice):
    job = place()
    work(2)
    client = Client()
    client.force_login(alice)

    assert not Job.objects.get(pk=job.pk).steps.exists()
    assert re.search(r'id="job-steps"[^>]*hidden', page(client, job))
    assert kinds(job)[0] == "ordered"
