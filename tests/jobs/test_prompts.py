"""What Tower asks for at launch is ordered in the portal, and the job in Tower has exactly that."""

import json

import pytest
from django.db import connection
from django.test import Client

from catalog.models import Controller
from catalog.prompts.fields import FIELDS
from jobs import launch, secrets
from jobs.models import Job, JobSecret, Status
from tests.secret_search import in_bytes

from .prompted import EVERYTHING, decide, furnish, made_of, offer

pytestmark = pytest.mark.django_db(transaction=True)

ALL = dict.fromkeys((field.name for field in FIELDS), "ask")
PASSWORD = "open-sésame 7"
ANSWERS = {
    "p-inventory": "50", "p-limit": "leaf-201", "p-credentials-1": "51", "p-credentials-3-dev": "52",
    "w-ssh_password": PASSWORD, "w-x7661756c745f70617373776f72642e646576": "vault-word", "p-job_type": "check",
    "p-job_tags": "a,b", "p-skip_tags": "c", "p-scm_branch": "main", "p-diff_mode": "on", "p-verbosity": "2",
    "p-forks": "3", "p-timeout": "60", "p-job_slice_count": "1", "p-execution_environment": "2", "p-labels": "54",
    "p-instance_groups": "2", "p-extra_vars": "site: Antwerp\nports: [1, 2]",
}  # fmt: skip


@pytest.fixture
def furnished(tower, controller):
    furnish(tower)
    return tower


@pytest.fixture
def everything(furnished, controller, make_tile):
    offer(furnished, controller, "Ask for everything", ask=EVERYTHING, credentials=["Fabric machine"])
    tile = make_tile("Ask for everything", slug="everything", title="Everything")
    decide(tile, **ALL)
    return tile


@pytest.fixture
def visit(alice):
    client = Client()
    client.force_login(alice)
    return client


def fields(answers):
    return {f"a-{name}": value for name, value in answers.items()}


def test_a_template_that_asks_for_everything_is_ordered_and_its_job_has_just_that(visit, everything, tower, work):
    answer = visit.post(everything.get_absolute_url(), fields(ANSWERS))
    assert answer.status_code == 302, answer.content.decode()
    work()

    job = made_of(tower)
    assert {name: job[name] for name in (
        "inventory", "limit", "job_type", "job_tags", "skip_tags", "scm_branch", "diff_mode", "verbosity", "forks",
        "timeout", "job_slice_count", "execution_environment", "credentials", "labels", "instance_groups",
    )} == {
        "inventory": 50, "limit": "leaf-201", "job_type": "check", "job_tags": "a,b", "skip_tags": "c",
        "scm_branch": "main", "diff_mode": True, "verbosity": 2, "forks": 3, "timeout": 60, "job_slice_count": 1,
        "execution_environment": 2, "credentials": [51, 52], "labels": [54], "instance_groups": [2],
    }  # fmt: skip
    assert job["extra_vars"] == {"site": "Antwerp", "ports": [1, 2]}
    assert job["secrets"]["passwords"] == {"ssh_password": PASSWORD, "vault_password.dev": "vault-word"}
    (sent,) = Job.objects.get().timeline.filter(kind="sent")
    assert sent.text == "", "Tower ignored nothing"


def test_the_page_of_the_order_says_what_was_asked_for_in_words(visit, everything, work):
    visit.post(everything.get_absolute_url(), fields(ANSWERS))
    page = visit.get(Job.objects.get().get_absolute_url()).content.decode()

    for words in ("Fabric B", "leaf-201", "Only check what would change", "urgent", "site: Antwerp", "Asking machine"):
        assert words in page
    assert "launch:" not in page


def test_a_password_asked_at_launch_is_in_clear_neither_in_the_database_nor_on_a_page(visit, everything, tower, work):
    wrong = visit.post(everything.get_absolute_url(), fields(ANSWERS | {"p-forks": "many"}))
    assert wrong.status_code == 422
    key = wrong.context["form_key"]
    assert not in_bytes(wrong.content, PASSWORD)
    again = fields({name: value for name, value in ANSWERS.items() if not name.startswith("w-")})
    visit.post(everything.get_absolute_url(), again | {"form_key": key})

    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            assert not in_bytes(repr(cursor.fetchall()).encode(), PASSWORD), table
    work()
    assert made_of(tower)["secrets"]["passwords"]["ssh_password"] == PASSWORD, "the kept one was used"
    tower.start(tower.jobs[0]["id"])
    tower.finish(tower.jobs[0]["id"], stdout=f"SSH password: {PASSWORD}\n")
    work(2)
    page = visit.get(Job.objects.get().get_absolute_url())
    assert Job.objects.get().status == Status.SUCCESSFUL
    assert not in_bytes(page.content, PASSWORD)
    assert not JobSecret.objects.exists()


def test_a_workflow_is_ordered_with_inventory_limit_and_variables(visit, furnished, controller, make_tile, work):
    nodes = [{"identifier": "one", "job_template": "Plain no prompts"}]
    asks = ["inventory", "limit", "variables"]
    offer(furnished, controller, "Prompted workflow", kind="workflow_job_template", nodes=nodes, ask=asks)
    tile = make_tile("Prompted workflow")
    decide(tile, inventory="ask", limit="ask", extra_vars={"site": "Ghent"})

    visit.post(tile.get_absolute_url(), fields({"p-inventory": "50", "p-limit": "leaf-202"}))
    work()

    (job, *_) = furnished.jobs
    assert (job["type"], job["inventory"], job["limit"]) == ("workflow_job", 50, "leaf-202")
    assert job["extra_vars"] == {"site": "Ghent"}


def test_where_all_is_decided_the_page_is_one_button_with_a_summary(visit, furnished, controller, make_tile, work):
    offer(furnished, controller, "Ask for everything", ask=EVERYTHING)
    tile = make_tile("Ask for everything")
    decide(tile, inventory=50, limit="leaf-201", verbosity=2, diff_mode=True)

    page = visit.get(tile.get_absolute_url()).content.decode()
    assert "There is nothing to fill in" in page
    for words in ("Already decided", "Fabric B", "leaf-201", "2, more verbose", "Yes"):
        assert words in page
    visit.post(tile.get_absolute_url())
    work()

    job = made_of(furnished)
    assert (job["inventory"], job["limit"], job["verbosity"], job["diff_mode"]) == (50, "leaf-201", 2, True)


def test_what_is_not_asked_is_left_out(visit, furnished, controller, make_tile):
    offer(furnished, controller, "Ask for everything", ask=EVERYTHING)
    tile = make_tile("Ask for everything")
    decide(tile, **ALL)

    visit.post(tile.get_absolute_url())

    assert Job.objects.get().prompts == {"diff_mode": False}


# Trouble --------------------------------------------------------------------------------------------------------------


def test_other_values_are_another_order(everything, place):
    first = place(of=everything, **ANSWERS)
    assert place(of=everything, **ANSWERS).fingerprint == first.fingerprint
    assert place(of=everything, **ANSWERS | {"p-limit": "leaf-202"}).fingerprint != first.fingerprint
    assert place(of=everything, **ANSWERS | {"w-ssh_password": "other"}).fingerprint != first.fingerprint


def test_an_order_in_doubt_finds_the_job_with_its_own_values(everything, place, tower, work, at_once):
    others = [place(of=everything, **ANSWERS | {"p-limit": limit}) for limit in ("leaf-202", "leaf-201")]
    tower.fault("drop_after", on="launch", times=2)
    for job in others:
        Controller.objects.update(trouble="")
        launch.launch(job.pk)
    assert set(Job.objects.values_list("status", flat=True)) == {Status.IN_DOUBT}

    launch.launch(others[1].pk)
    launch.launch(others[0].pk)

    assert len(tower.jobs) == 2
    limits = {job["id"]: job["limit"] for job in tower.jobs}
    for job in Job.objects.all():
        assert job.tower_id is not None
        assert limits[job.tower_id] == job.prompts["limit"]


def test_what_tower_says_no_to_is_told_with_its_label(everything, place, tower, work):
    job = place(of=everything, **ANSWERS)
    del tower.tower.world.inventories[50]
    work()

    job = Job.objects.get(pk=job.pk)
    assert job.status == Status.REFUSED
    assert job.explanation == "Inventory: what was chosen is no longer in Tower."


def test_a_password_that_tower_wants_since_is_told_in_words(furnished, controller, make_tile, place, work):
    pk = offer(furnished, controller, "Plain", credentials=["Fabric machine"])
    job = place(of=make_tile("Plain"))
    furnished.tower.world.templates[pk].credentials = [51]
    work()

    assert Job.objects.get(pk=job.pk).explanation == (
        "Tower wants a password that was not given: Password of the machines."
    )


def test_what_tower_ignores_is_in_the_timeline_by_its_label(everything, place, tower, work):
    job = place(of=everything, **ANSWERS)
    tower.tower.world.template_named("Ask for everything").asks -= {"limit", "variables"}
    work()

    (sent,) = Job.objects.get(pk=job.pk).timeline.filter(kind="sent")
    assert sent.text == "Tower ignored: Only these machines, ports, site"


def test_an_object_that_our_account_may_not_use_keeps_the_order_waiting(everything, place, tower, work):
    job = place(of=everything, **ANSWERS)
    tower.tower.accounts.named("portal-svc").use = set()
    work()

    job = Job.objects.get(pk=job.pk)
    assert job.status == Status.QUEUED
    assert "not with what was chosen" in job.explanation


def test_only_what_our_account_may_use_is_offered(tower, controller, furnished, make_tile, visit):
    tower.tower.accounts.named("portal-svc").use = {"Fabric B", "urgent"}
    offer(tower, controller, "Ask for everything", ask=EVERYTHING)
    kinds = controller.things.values_list("kind", "name")

    assert set(kinds) == {
        ("inventory", "Fabric B"), ("label", "urgent"), ("execution_environment", "AWX EE (latest)"),
        ("execution_environment", "Control Plane Execution Environment"),
    }  # fmt: skip
    tower.clear_requests()
    tile = make_tile("Ask for everything")
    decide(tile, inventory="ask", labels="ask")
    page = visit.get(tile.get_absolute_url()).content.decode()
    assert "Fabric B" in page
    assert tower.requests == [], "a page never asks Tower"


def test_passwords_are_apart_from_answers(everything, place):
    job = place(of=everything, **ANSWERS)

    assert secrets.reveal(job)["launch:ssh_password"] == PASSWORD
    assert PASSWORD not in json.dumps([job.answers, job.extra_vars, job.prompts], ensure_ascii=False)
