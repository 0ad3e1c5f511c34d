"""An order is launched once, whatever happens on the way."""

from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.models import Controller
from jobs import launch, states
from jobs.models import Job, Status, TimelineEntry

from .looking import fresh, kinds, posts

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_once")]


def test_an_order_reaches_tower_with_strictly_typed_answers(place, tower, work):
    job = place(_vlan_id="465", _epg_fw="true")

    work()

    (build,) = tower.jobs
    assert build["extra_vars"]["_vlan_id"] == 465
    assert build["extra_vars"]["_epg_fw"] == "true"
    job = fresh(job)
    assert (job.status, job.tower_id, job.tower_type) == (Status.PENDING, build["id"], "job")
    assert kinds(job) == ["ordered", "sent"]


def test_a_job_delivered_twice_is_launched_once(place, tower):
    job = place()

    launch.launch(job.pk)
    launch.launch(job.pk)

    assert len(tower.jobs) == 1


def test_a_claimed_order_is_left_alone_by_other_workers(place, tower):
    job = place()
    assert Job.objects.claim(job.pk, until=timezone.now() + timedelta(minutes=5))

    assert not Job.objects.claim(job.pk, until=timezone.now() + timedelta(minutes=5))
    launch.launch(job.pk)

    assert not tower.jobs


def test_a_worker_that_died_before_sending_leaves_the_order_to_the_next_one(place, tower, work):
    job = place()
    Job.objects.claim(job.pk, until=timezone.now() - timedelta(seconds=1))

    work(2)

    assert len(tower.jobs) == 1


def test_a_worker_that_died_after_sending_leaves_the_order_in_doubt_and_it_is_adopted(place, tower, work, monkeypatch):
    job = place()
    with monkeypatch.context() as patch:
        patch.setattr(states, "launched", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            launch.launch(job.pk)
    Job.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))

    work(3, later=timedelta(minutes=1))

    (build,) = tower.jobs
    assert fresh(job).tower_id == build["id"]
    assert TimelineEntry.Kind.ADOPTED in kinds(job)


def test_a_worker_that_lost_its_claim_sends_nothing(place, tower):
    job = place()
    Job.objects.claim(job.pk, until=timezone.now() - timedelta(seconds=1))

    assert not states.open_attempt(fresh(job), timezone.now())
    assert not posts(tower)


def test_a_paused_controller_is_sent_nothing(place, tower, work):
    Controller.objects.update(paused=True)
    job = place()

    work(2, later=timedelta(minutes=1))

    assert fresh(job).status == Status.QUEUED
    assert not posts(tower)


def test_answers_that_look_like_templates_travel_unchanged(place, tower, work):
    place(_customer_id="{{ 7*7 }}")

    work()

    assert tower.jobs[0]["extra_vars"]["_customer_id"] == "{{ 7*7 }}"
