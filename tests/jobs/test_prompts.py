"""What Tower asks for at launch is ordered in the portal, and the job in Tower has exactly that."""

from pathlib import Path
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client

from catalog import examination, sync
from catalog.models import Controller, Tile, TowerObject
from catalog.prompts.fields import FIELDS
from jobs import verbs
from jobs.models import Job, JobSecret, Status
from tests.secret_search import in_bytes
from tests.visitor import fields as fields_of

from .prompted import ALL, ANSWERS, EVERYTHING, PASSWORD, decide, fields, made_of, offer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def visit(alice):
    client = Client()
    client.force_login(alice)
    return client


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


def test_the_demos_template_that_asks_for_everything_can_be_ordered_by_field_operations(tower, transactional_db, work):
    demo = Path(__file__).parents[2] / "demo"
    tower.load(demo / "catalog" / "catalog.yml")
    controller = Controller.objects.create(name="Demo Tower", url=tower.url, token=tower.token)
    examination.examine(controller)
    sync.sync(controller)
    call_command("loaddata", str(demo / "portal.json"), verbosity=0)
    call_command("loaddata", str(demo / "portal.json"), verbosity=0)
    tile = Tile.objects.get(slug="look-after-devices")
    dan = Client()
    dan.force_login(User.objects.get(username="dan"))
    page = dan.get(tile.get_absolute_url())
    asked = {prompt.name for prompt in page.context["form"].prompting.asking.asked}
    lab = controller.things.get(kind="inventory", name="ExampleNet lab")

    sent = dan.post(
        tile.get_absolute_url(),
        fields({"reason": "new firmware", "p-inventory": lab.tower_id, "p-limit": "lab-acc-01"}),
    )
    work()

    assert asked == {field.name for field in FIELDS}
    assert sent.status_code == 302, sent.content.decode()
    (job,) = tower.jobs
    assert (job["inventory"], job["limit"], job["extra_vars"]) == (
        lab.tower_id,
        "lab-acc-01",
        {"reason": "new firmware"},
    )
    assert str(Job.objects.get()) == "Look after devices for ExampleNet lab, new firmware"


def test_it_is_ordered_again_with_all_that_was_chosen(visit, everything, tower, work):
    visit.post(everything.get_absolute_url(), fields(ANSWERS))
    first = Job.objects.get()
    page = visit.get(f"{everything.get_absolute_url()}?again={first.pk}").content.decode()
    assert "Left out" not in page
    assert "Type the passwords again" in page
    passwords = {name: value for name, value in ANSWERS.items() if name.startswith("w-")}

    answer = visit.post(everything.get_absolute_url(), fields_of(page) | fields(passwords))

    assert answer.status_code == 302, answer.content.decode()
    again = Job.objects.first()
    assert again.pk != first.pk
    assert (again.prompts, again.extra_vars) == (first.prompts, first.extra_vars)


def test_an_object_that_is_gone_is_left_out_when_it_is_ordered_again_and_said(visit, everything, work):
    visit.post(everything.get_absolute_url(), fields(ANSWERS))
    TowerObject.objects.filter(tower_id=50, kind="inventory").delete()

    page = visit.get(f"{everything.get_absolute_url()}?again={Job.objects.get().pk}").content.decode()

    assert "does not take it any more: Inventory." in page


def test_run_again_in_tower_it_has_what_was_chosen(visit, everything, alice, tower, work):
    visit.post(everything.get_absolute_url(), fields(ANSWERS | {"p-credentials-1": "", "p-credentials-3-dev": ""}))
    work()
    tower.finish(tower.jobs[0]["id"], "failed")
    work(2)

    verbs.relaunch(Job.objects.get(), by=alice, hosts="all", form_key=uuid4())
    work()

    first, again = made_of(tower, 0), made_of(tower, 1)
    assert {name: again[name] for name in ("inventory", "limit", "labels")} == {
        name: first[name] for name in ("inventory", "limit", "labels")
    }
