"""An order goes through, and waits for a new secret, with every Tower and every way to sign in."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from catalog import examination, sync
from catalog.models import Controller
from demo.tower.harness import TowerHarness
from jobs.models import Job, Status
from portal.tower.ways import Way
from tests.generations import CASES, RENEWED, Case

LATER = timedelta(minutes=1)


@pytest.fixture(params=list(CASES.values()), ids=list(CASES))
def case(request: pytest.FixtureRequest, tower: TowerHarness) -> Case:
    found: Case = request.param
    tower.become(found.generation)
    return found


@pytest.fixture
def controller(transactional_db: None, case: Case, tower: TowerHarness) -> Controller:
    """Connected as an operator does it: nothing is known of the Tower but its address and an account."""
    found = Controller.objects.create(name="Test Tower", **case.columns(tower))
    assert examination.examine(found).missing == []
    assert not sync.sync(found).trouble
    tower.clear_requests()
    return Controller.objects.get()


def fresh(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def test_what_answers_is_stored(controller, case, tower):
    assert (controller.api_base, controller.generation) == (case.base, case.generation)
    assert (controller.version, controller.account_name) == (tower.tower.generation.version, "portal-svc")
    assert controller.product


def test_an_order_goes_through_to_its_end(place, tower, work):
    job = place()
    work(2, later=LATER)
    assert fresh(job).status == Status.PENDING
    [started] = tower.jobs
    assert started["extra_vars"]["_vlan_id"] == 465
    tower.start(started["id"])
    work()
    assert fresh(job).status == Status.RUNNING
    tower.write(started["id"], "TASK [Build]\nok: [leaf-101]\n")
    tower.finish(started["id"], hosts=["leaf-101"], artifacts={"network": "acme-465"})
    work(2)
    assert fresh(job).status == Status.SUCCESSFUL
    assert "ok: [leaf-101]" in "".join(piece.text for piece in job.output.all())


def test_a_lost_answer_is_found_again(place, tower, work, settings):
    settings.TOWER_SETTLE_SECONDS = 0
    job = place()
    tower.fault("drop_after", on="launch")
    work(3, later=LATER)
    assert (fresh(job).status, len(tower.jobs)) == (Status.PENDING, 1)


def test_a_revoked_secret_makes_orders_wait_and_nothing_fails(place, tower, work, controller, case, client):

    case.spoil(tower)
    job = place()
    work(3, later=LATER)

    assert (fresh(job).status, tower.jobs) == (Status.QUEUED, [])
    client.force_login(User.objects.get(username="alice"))
    assert "Your order is safe" in client.get(reverse("job", args=[job.pk])).content.decode()
    why = operators_see()
    assert why
    assert tower.password not in why

    secrets = case.mend(tower)
    Controller.objects.update(token=secrets.token, password=secrets.password)
    work(3, later=LATER)
    assert (fresh(job).status, len(tower.jobs)) == (Status.PENDING, 1)
    assert not operators_see()


def operators_see() -> str:
    """What is wrong with the Tower, as /healthz and the administration pages both tell it."""
    operator = Client()
    operator.force_login(User.objects.get_or_create(username="oscar", is_superuser=True, is_staff=True)[0])
    [told] = operator.get("/healthz").json()["controllers"]
    page = operator.get(reverse("admin:catalog_controller_changelist")).content.decode()
    assert (told["trouble"] or "Well") in page.replace("&#x27;", "'")
    return str(told["trouble"])


def test_a_running_job_is_followed_again_with_a_new_secret(place, tower, work, case):
    job = place()
    work(2, later=LATER)
    tower.start(tower.jobs[0]["id"])
    work()
    case.spoil(tower)
    work(2)
    assert fresh(job).status == Status.RUNNING
    tower.finish(tower.jobs[0]["id"])
    secrets = case.mend(tower)
    Controller.objects.update(token=secrets.token, password=secrets.password)
    work(2)
    assert fresh(job).status == Status.SUCCESSFUL


@pytest.mark.parametrize("case", RENEWED.values(), ids=RENEWED.keys(), indirect=True)
def test_orders_do_not_notice_that_tokens_end(place, tower, work, controller):
    before = len(tower.grants.made)
    for _ in range(2):
        tower.grants.expire()
        place(_customer_id=f"K{len(tower.jobs)}")
        work(2, later=LATER)
    assert len(tower.jobs) == 2
    assert not Controller.objects.get().trouble
    assert len(tower.grants.made) == before + 2


def test_a_way_that_does_not_fit_is_explained_before_the_first_order(transactional_db, tower, case):
    wrong = Way.TOKEN if case.generation == "tower-3.2" else Way.AUTHTOKEN
    found = Controller.objects.create(
        name="Test Tower", url=tower.url, way=wrong, token="t", username="u", password="p"
    )
    finding = examination.examine(found)
    assert not finding.ok
    assert "choose" in finding.words
    assert tower.tower.generation.version in finding.words
    assert Controller.objects.get().trouble == finding.words
