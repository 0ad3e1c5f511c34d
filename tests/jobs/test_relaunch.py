"""Engineers let Tower run a job again: as an order of its own, at most once, whatever happens on the way."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import User

from jobs import launch, verbs
from jobs.models import Job, Output, Status
from portal.tower.client import Tower
from tests.jobs.looking import asked, fresh, kinds

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_once")]

LATER = timedelta(minutes=1)
HOSTS = [{"name": "leaf-101", "ok": 1, "changed": 1}, {"name": "leaf-102", "failed": 1}]


@pytest.fixture
def bob(transactional_db):
    return User.objects.create_user("bob", first_name="Bob")


@pytest.fixture
def failed(place, tower, work):
    """An order whose job failed on one of two hosts."""
    job = place()
    work()
    tower.finish(tower.jobs[0]["id"], "failed", hosts=HOSTS)
    work(2, later=LATER)
    tower.clear_requests()
    return fresh(job)


@pytest.fixture
def again(bob):
    def order(job, hosts="all", form_key=None):
        return verbs.relaunch(job, by=bob, hosts=hosts, form_key=form_key or uuid4())

    return order


@pytest.mark.parametrize(("hosts", "limit"), [("all", ""), ("failed", "leaf-102")])
def test_tower_runs_it_again_with_the_same_answers(hosts, limit, failed, again, bob, tower, work):
    order = again(failed, hosts)
    work()

    build = tower.jobs[1]
    assert (build["launch_type"], build["limit"]) == ("relaunch", limit)
    assert build["job_extra_vars"] == tower.jobs[0]["job_extra_vars"]
    order = fresh(order)
    assert (order.tower_id, order.ordered_by, order.relaunch_of) == (build["id"], bob, failed)
    assert kinds(order) == ["ordered", "sent"]
    assert kinds(failed)[-1] == "relaunched"


def test_the_same_form_sent_twice_is_one_order(failed, again, tower, work):
    key = uuid4()

    assert again(failed, form_key=key).pk == again(failed, form_key=key).pk
    work()

    assert len(tower.jobs) == 2


def test_delivered_twice_it_runs_once(failed, again, tower):
    order = again(failed)

    launch.launch(order.pk)
    launch.launch(order.pk)

    assert len(asked(tower, "relaunch")) == 1


@pytest.mark.parametrize("hosts", ["all", "failed"])
@pytest.mark.parametrize("fault", ["drop_after", "error_after", "unreadable"])
def test_a_lost_answer_is_searched_for_and_never_repeated(fault, hosts, failed, again, tower, work):
    order = again(failed, hosts)
    tower.fault("delay", on=f"/jobs/{failed.tower_id}/relaunch", seconds=0)  # the GET before it
    tower.fault(fault, on=f"/jobs/{failed.tower_id}/relaunch")

    launch.launch(order.pk)
    assert fresh(order).status == Status.IN_DOUBT
    work(3, later=LATER)

    assert len(asked(tower, "relaunch")) == 1
    assert fresh(order).tower_id == tower.jobs[1]["id"]
    assert kinds(order) == ["ordered", "in_doubt", "adopted"]


def test_what_tower_never_took_is_sent_again_after_the_settling_time(failed, again, tower, work, settings):
    settings.TOWER_SETTLE_SECONDS = 3600
    order = again(failed)
    tower.fault("delay", on=f"/jobs/{failed.tower_id}/relaunch", seconds=0)
    tower.fault("drop_before", on=f"/jobs/{failed.tower_id}/relaunch")
    work(3, later=LATER)
    assert len(asked(tower, "relaunch")) == 1
    assert fresh(order).status == Status.IN_DOUBT

    settings.TOWER_SETTLE_SECONDS = 0
    work(3, later=LATER)

    assert len(tower.jobs) == 2
    assert fresh(order).tower_id == tower.jobs[1]["id"]


def test_a_launch_with_the_same_answers_is_not_taken_for_it(failed, again, place, tower, work, settings):
    settings.TOWER_SETTLE_SECONDS = 3600
    order = again(failed)
    tower.fault("delay", on=f"/jobs/{failed.tower_id}/relaunch", seconds=0)
    tower.fault("drop_before", on=f"/jobs/{failed.tower_id}/relaunch")
    launch.launch(order.pk)
    twin = place()
    work(3, later=LATER)

    assert fresh(order).status == Status.IN_DOUBT
    assert fresh(twin).tower_id == tower.jobs[1]["id"]


def test_a_run_on_the_failed_hosts_is_not_taken_for_one_on_all(failed, again, tower, work, settings):
    settings.TOWER_SETTLE_SECONDS = 3600
    first = again(failed, "failed")
    launch.launch(first.pk)
    Job.objects.filter(pk=first.pk).update(tower_id=None, status=Status.LOST)
    second = again(failed, "all")
    tower.fault("delay", on=f"/jobs/{failed.tower_id}/relaunch", seconds=0)
    tower.fault("drop_before", on=f"/jobs/{failed.tower_id}/relaunch")
    work(3, later=LATER)

    assert fresh(second).status == Status.IN_DOUBT


def test_while_one_is_in_doubt_others_of_its_template_wait(failed, again, tower, settings):
    settings.TOWER_SETTLE_SECONDS = 3600
    first, second = again(failed, "all"), again(failed, "failed")
    tower.fault("delay", on=f"/jobs/{failed.tower_id}/relaunch", seconds=0)
    tower.fault("drop_after", on=f"/jobs/{failed.tower_id}/relaunch")
    launch.launch(first.pk)
    type(first.controller).objects.update(trouble="", trouble_since=None)

    launch.launch(second.pk)

    assert fresh(second).status == Status.QUEUED
    assert len(asked(tower, "relaunch")) == 1


def test_it_waits_while_tower_is_down(failed, again, tower, work):
    tower.down()
    order = again(failed)
    work()
    assert fresh(order).status == Status.QUEUED

    tower.up()
    work(3, later=LATER)
    assert len(tower.jobs) == 2


def test_no_failed_host_is_told_and_nothing_is_sent(place, again, tower, work):
    job = place()
    work()
    tower.finish(tower.jobs[0]["id"], hosts=["leaf-101"])
    work(2, later=LATER)

    order = again(job, "failed")
    work()

    assert fresh(order).status == Status.REFUSED
    assert "No device failed" in fresh(order).explanation
    assert not asked(tower, "relaunch")


def test_a_credential_that_asks_for_a_password_is_told_and_nothing_is_sent(failed, again, tower, work):
    world = tower.tower.world
    job = tower.tower.ledger.jobs[failed.tower_id]
    credential = world.credentials[job.credentials[0]]
    credential.passwords_needed = ["ssh_password"]

    order = again(failed)
    work()

    assert "credential's password" in fresh(order).explanation
    assert not asked(tower, "relaunch")


def test_a_template_that_lost_its_inventory_is_told_in_words(failed, again, tower, work):
    tower.tower.ledger.jobs[failed.tower_id].values["inventory"] = None

    order = again(failed)
    work()

    assert fresh(order).status == Status.REFUSED
    assert "the inventory of it, is gone. Nothing was started." in fresh(order).explanation


def test_a_403_is_an_answer_and_not_tried_for_ever(failed, again, tower, work, controller):
    order = again(failed)
    type(controller).objects.update(token=tower.read_token)
    work()

    assert fresh(order).status == Status.REFUSED
    assert "The portal's account may not do this in Tower" in fresh(order).explanation


def test_a_revoked_token_makes_it_wait(failed, again, tower, work, controller):
    type(controller).objects.update(token="revoked")
    order = again(failed)
    work()

    assert fresh(order).status == Status.QUEUED


def test_a_job_that_tower_deleted_is_told(failed, again, tower, work):
    tower.delete_job(failed.tower_id)

    order = again(failed)
    work()

    assert fresh(order).status == Status.REFUSED
    assert not asked(tower, "relaunch")


def test_a_tower_too_old_to_find_a_relaunch_is_not_asked_for_one(failed, again, tower, work, monkeypatch):
    monkeypatch.setattr(Tower, "tells_relaunches", False)

    order = again(failed)
    work()

    assert "too old" in fresh(order).explanation
    assert not asked(tower, "relaunch")


def test_a_workflow_is_run_again(make_tile, place, again, tower, work):
    answers = {"_tenant_shortname": "acme", "_customer_id": "K1", "_epg_name": "web", "_vlan_id": "465"}
    job = place(of=make_tile("Customer onboarding"), **answers)
    work()
    first = fresh(job).tower_id
    tower.tower.ledger.finish(tower.tower.ledger.jobs[first], "failed")
    work(2, later=LATER)

    order = again(fresh(job))
    tower.fault("delay", on=f"/workflow_jobs/{first}/relaunch", seconds=0)
    tower.fault("drop_after", on=f"/workflow_jobs/{first}/relaunch")
    work(3, later=LATER)

    assert len([one for one in tower.jobs if one["type"] == "workflow_job"]) == 2
    assert (fresh(order).tower_type, fresh(order).status) == ("workflow_job", Status.PENDING)


def test_passwords_are_replayed_by_tower_and_the_output_that_may_hold_them_is_not_kept(
    make_tile, place, again, tower, work
):
    secret = "okapi5190"
    answers = {
        "t_req": "abcd",
        "ta_req": "x",
        "pw_req": secret,
        "i_req": "1",
        "f_req": "1",
        "mc_req": "red",
        "ms_req": "a",
    }
    job = place(of=make_tile("Every survey type"), **answers)
    work()
    tower.finish(tower.jobs[0]["id"], "failed")
    work(2, later=LATER)
    assert not fresh(job).secrets.exists()

    order = again(fresh(job))
    work()
    build = tower.jobs[1]
    assert build["job_extra_vars"]["pw_req"] == secret
    tower.start(build["id"])
    tower.say_failed(build["id"], f"bad {secret}")
    tower.finish(build["id"], "failed", stdout=f"it is {secret}\n", artifacts={"said": secret})
    work(3, later=LATER)

    order = fresh(order)
    assert order.status == Status.FAILED
    assert order.output_complete
    assert secret not in str(list(Output.objects.values())) + str(vars(order))
    assert "not shown here" in order.output.get().text
