"""An order whose answer was lost is looked for, never simply sent again."""

from datetime import timedelta

import pytest

from catalog.models import Controller
from jobs import launch
from jobs.models import Job, Status

from .looking import fresh, kinds, posts

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_once")]


@pytest.mark.parametrize("fault", ["drop_after", "error_after"])
def test_an_order_survives_a_lost_answer_and_is_launched_once(fault, place, tower, work):
    job = place()
    tower.fault(fault, on="launch")

    launch.launch(job.pk)
    assert fresh(job).status == Status.IN_DOUBT
    work(3, later=timedelta(minutes=1))

    (build,) = tower.jobs
    job = fresh(job)
    assert job.tower_id == build["id"]
    assert kinds(job) == ["ordered", "in_doubt", "adopted"]
    assert len(posts(tower)) == 1


def test_an_order_that_tower_never_took_is_sent_again_only_after_the_settling_time(place, tower, work, settings):
    settings.TOWER_SETTLE_SECONDS = 3600
    job = place()
    tower.fault("error_before", on="launch")

    work(4, later=timedelta(minutes=1))
    assert fresh(job).status == Status.IN_DOUBT
    assert len(posts(tower)) == 1

    settings.TOWER_SETTLE_SECONDS = 0
    work(3, later=timedelta(minutes=1))
    assert len(tower.jobs) == 1
    assert fresh(job).status == Status.PENDING


def test_the_settling_time_starts_anew_when_tower_did_not_answer_in_between(place, tower, work, settings):
    settings.TOWER_SETTLE_SECONDS = 3600
    job = place()
    tower.fault("error_before", on="launch")
    work(2, later=timedelta(minutes=1))
    assert fresh(job).attempt["absent_since"]

    tower.down()
    work(1, later=timedelta(minutes=1))
    assert fresh(job).attempt["absent_since"] is None
    tower.up()


def test_a_job_of_another_order_with_the_same_answers_is_never_adopted(place, tower, work):
    first = place()
    work()
    second = place()
    tower.fault("error_before", on="launch")

    work(4, later=timedelta(minutes=1))

    assert {fresh(first).tower_id, fresh(second).tower_id} == {build["id"] for build in tower.jobs}
    assert len(tower.jobs) == 2


def test_an_identical_order_waits_while_one_is_in_doubt(place, tower, settings):
    settings.TOWER_SETTLE_SECONDS = 3600
    first, second = place(), place()
    tower.fault("drop_after", on="launch")
    launch.launch(first.pk)

    Controller.objects.update(trouble="", trouble_since=None)
    launch.launch(second.pk)

    assert fresh(second).status == Status.QUEUED
    assert len(posts(tower)) == 1


def test_nothing_is_concluded_when_another_account_answers(place, tower, work):
    job = place()
    tower.fault("error_before", on="launch")
    launch.launch(job.pk)
    Job.objects.update(attempt=fresh(job).attempt | {"account": 4711})

    work(3, later=timedelta(minutes=1))

    assert fresh(job).status == Status.IN_DOUBT
    assert not tower.jobs
