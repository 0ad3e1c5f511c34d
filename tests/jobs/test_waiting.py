"""An order waits for a Tower that cannot take it, and is refused only when Tower says so."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from catalog.models import Controller
from jobs import launch
from jobs.models import JobSecret, Status

from .looking import fresh, fresh_without_token, kinds, posts, tighten

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_once")]


def test_an_order_waits_while_tower_is_down_and_runs_when_it_is_back(place, tower, work):
    tower.down()
    job = place()
    work(2, later=timedelta(minutes=1))
    waiting = fresh(job)
    assert waiting.status == Status.QUEUED
    assert kinds(waiting) == ["ordered", "waiting"]
    assert waiting.controller.trouble

    tower.up()
    work(3, later=timedelta(minutes=1))

    assert len(tower.jobs) == 1
    assert fresh(job).status == Status.PENDING
    assert not fresh(job).controller.trouble


@pytest.mark.usefixtures("impatient")
def test_a_tower_that_hangs_is_found_out_before_anything_is_sent(place, tower, work):
    tower.hang()
    job = place()
    launch.launch(job.pk)
    assert fresh(job).status == Status.QUEUED
    assert not posts(tower)

    tower.unhang()
    work(3, later=timedelta(minutes=1))
    assert len(tower.jobs) == 1


def test_a_revoked_token_makes_orders_wait_and_nothing_fails(place, tower, work, controller):
    Controller.objects.update(token="revoked")
    job = place()
    work(2, later=timedelta(minutes=1))
    assert fresh(job).status == Status.QUEUED
    assert "token" in Controller.objects.get().trouble

    Controller.objects.update(token=tower.token)
    work(3, later=timedelta(minutes=1))
    assert fresh(job).status == Status.PENDING


def test_a_busy_tower_is_asked_again_when_it_says(place, tower):
    job = place()
    tower.fault("throttle", on="launch", retry_after=120)

    launch.launch(job.pk)

    job = fresh(job)
    assert job.status == Status.QUEUED
    assert timedelta(seconds=100) < job.due_at - timezone.now() <= timedelta(seconds=120)


def test_a_refused_order_says_why_with_the_labels_of_the_form(place, tower, work):
    job = place()
    tighten(tower, "New_Customer_L2_Setup", "_vlan_id", max=100)

    work()

    job = fresh(job)
    assert job.status == Status.REFUSED
    assert "“" in job.explanation
    assert "465" in job.explanation
    assert "_vlan_id" not in job.explanation
    assert not tower.jobs


def test_a_template_that_is_gone_is_refused_and_not_tried_again(place, tower, work):
    job = place()
    tower.remove_template(tower.template("New_Customer_L2_Setup")["id"])

    work(2, later=timedelta(minutes=1))

    assert fresh(job).status == Status.REFUSED


def test_a_token_that_no_key_opens_makes_orders_wait_and_is_told_to_operators(place, work, settings):
    job = place()
    right = settings.PORTAL_SECRET_KEYS
    settings.PORTAL_SECRET_KEYS = ["MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="]
    work(2, later=timedelta(minutes=1))
    assert fresh_without_token(job).status == Status.QUEUED
    assert "PORTAL_SECRET_KEYS" in Controller.objects.defer("token").get().trouble

    settings.PORTAL_SECRET_KEYS = right
    work(3, later=timedelta(minutes=1))
    assert fresh(job).status == Status.PENDING


def test_an_order_whose_passwords_no_key_opens_is_refused_and_never_sent(make_tile, place, tower, work):
    job = place(of=make_tile("Plain no prompts"))
    JobSecret.objects.create(job=job, variable="pw", value="x")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE jobs_jobsecret SET value = 'not a token'")

    work()

    assert fresh(job).status == Status.REFUSED
    assert "order it again" in fresh(job).explanation
    assert not posts(tower)


def test_what_no_database_can_store_is_replaced_in_what_tower_says(make_tile, place, tower, work):
    job = place(of=make_tile("Plain no prompts"))
    work()
    tower.start(tower.jobs[0]["id"])
    tower.finish(tower.jobs[0]["id"], artifacts={"said": "a\x00b"})
    work(2)

    assert fresh(job).artifacts == {"said": "a\ufffdb"}
