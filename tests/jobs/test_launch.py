"""An order is launched once, whatever happens on the way."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from catalog.models import Controller, Template
from jobs import launch, states
from jobs.models import Job, JobSecret, Status, TimelineEntry

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_once")]


def fresh(job):
    return Job.objects.select_related("controller", "template", "tile").get(pk=job.pk)


def fresh_without_token(job):
    return Job.objects.select_related("controller").defer("controller__token").get(pk=job.pk)


def kinds(job):
    return list(job.timeline.values_list("kind", flat=True))


def tighten(tower, name, variable, **limits):
    """Tower's survey changes after the order was placed."""
    survey = [question for question in Template.objects.get(name=name).survey if question["default"] != "$encrypted$"]
    changed = [question | limits if question["variable"] == variable else question for question in survey]
    tower.set_survey(tower.template(name)["id"], changed)


def posts(tower):
    return [path for method, path in tower.requests if method == "POST" and path.endswith("/launch/")]


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
