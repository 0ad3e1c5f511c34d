"""Jobs are followed cheaply, and what Tower says is told as what it is."""

from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.models import Controller
from jobs import follow
from jobs.models import Job, Status
from portal.tower.client import Tower
from portal.tower.errors import Rejected

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_once")]


def fresh(job):
    return Job.objects.select_related("controller", "tile").get(pk=job.pk)


def kinds(job):
    return list(job.timeline.values_list("kind", flat=True))


def test_a_job_is_followed_from_pending_to_successful(place, tower, work):
    job = place()
    work()
    (build,) = tower.jobs

    tower.start(build["id"])
    work()
    assert fresh(job).status == Status.RUNNING
    tower.finish(build["id"], artifacts={"gateway": "10.46.5.1"})
    work(2)

    job = fresh(job)
    assert (job.status, job.artifacts) == (Status.SUCCESSFUL, {"gateway": "10.46.5.1"})
    assert kinds(job) == ["ordered", "sent", "started", "successful"]
    assert job.elapsed is not None
    assert job.finished_at is not None


@pytest.mark.parametrize("ending", ["failed", "error", "canceled"])
def test_each_ending_is_told_as_what_it_is(ending, place, tower, work):
    job = place()
    work()
    tower.start(tower.jobs[0]["id"])
    tower.finish(tower.jobs[0]["id"], status=ending)
    work(2)

    assert fresh(job).status == ending
    assert kinds(job)[-1] == ending


def test_a_tick_that_finds_nothing_new_asks_one_question_and_writes_no_job(place, tower, work):
    job = place()
    work(2)
    changed_at = fresh(job).changed_at
    tower.clear_requests()

    follow.follow(job.controller_id)

    assert len(tower.requests) == 1
    assert "or__modified__gt" in tower.requests[0][1]
    assert fresh(job).changed_at == changed_at


def test_three_hundred_jobs_cost_two_requests(controller, tile, alice, tower):
    from uuid import uuid4

    Job.objects.bulk_create(
        Job(
            tile=tile,
            template=tile.template,
            controller=controller,
            ordered_by=alice,
            form_key=uuid4(),
            status=Status.RUNNING,
            tower_type="job",
            tower_id=100_000 + number,
        )
        for number in range(300)
    )
    Controller.objects.update(followed_until=timezone.now(), swept_at=timezone.now())
    tower.clear_requests()

    follow.follow(controller.pk)

    assert len(tower.requests) == 2


def test_an_outage_changes_no_job_and_is_told_to_operators(place, tower, work):
    job = place()
    work()
    tower.start(tower.jobs[0]["id"])
    work()
    tower.down()
    work(2)

    assert fresh(job).status == Status.RUNNING
    assert Controller.objects.get().trouble

    tower.up()
    tower.finish(tower.jobs[0]["id"])
    work(2)
    assert fresh(job).status == Status.SUCCESSFUL
    assert not Controller.objects.get().trouble


def test_a_maintenance_page_where_json_belongs_is_an_outage(place, tower, work):
    job = place()
    work()
    tower.fault("html", on="any", times=1)
    follow.follow(job.controller_id)

    assert fresh(job).status == Status.PENDING
    assert Controller.objects.get().trouble


def test_a_second_tick_at_the_same_time_does_nothing(place, tower, work):
    job = place()
    work()
    Controller.objects.update(follow_lease_until=timezone.now() + timedelta(minutes=1))
    tower.clear_requests()

    follow.follow(job.controller_id)

    assert not tower.requests


def test_a_follower_that_died_is_replaced_when_its_lease_is_over(place, tower, work):
    job = place()
    work()
    Controller.objects.update(follow_lease_until=timezone.now() - timedelta(seconds=1))
    tower.clear_requests()

    follow.follow(job.controller_id)

    assert tower.requests


def test_a_job_that_tower_deleted_is_told_as_lost_and_never_as_failed(place, tower, work):
    job = place()
    work()
    tower.delete_job(tower.jobs[0]["id"])
    Controller.objects.update(swept_at=None)

    work()

    job = fresh(job)
    assert job.status == Status.LOST
    assert "no longer has this job" in job.explanation


def test_a_job_hidden_with_its_deleted_template_is_still_being_checked(place, tower, work):
    job = place()
    work()
    tower.remove_template(tower.template("New_Customer_L2_Setup")["id"])
    Controller.objects.update(swept_at=None)

    work()

    assert fresh(job).status == Status.PENDING
    assert "Still checking" in fresh(job).explanation


def test_an_idle_controller_is_only_asked_now_and_then(controller, tower):
    tower.clear_requests()
    follow.follow(controller.pk)
    assert not tower.requests

    Controller.objects.update(last_answer_at=timezone.now() - timedelta(minutes=5))
    follow.follow(controller.pk)
    assert len(tower.requests) == 1


def test_the_usual_time_is_learnt_from_successful_jobs(place, tower, work):
    job = place()
    work()
    tower.start(tower.jobs[0]["id"])
    tower.finish(tower.jobs[0]["id"])
    work(2)

    assert fresh(job).tile.usual_seconds == fresh(job).elapsed


def test_an_older_tower_that_refuses_the_cheap_question_is_asked_for_all(place, tower, work, monkeypatch):
    job = place()
    work(2)
    real = Tower.changes

    def older(self, ids, since):
        if since:
            raise Rejected("Tower refused the request (status 400).", {"detail": ["no field named 'canceled_on'"]})
        return real(self, ids, since)

    monkeypatch.setattr(Tower, "changes", older)
    tower.start(tower.jobs[0]["id"])
    work()

    assert fresh(job).status == Status.RUNNING
