"""A step's output is read for who opens it, with the order's passwords masked."""

import pytest
from django.test import Client
from django.urls import reverse

from catalog import sync
from jobs import stepoutput, tasks
from jobs.models import StepOutput

from .conftest import ANSWERS
from .signing import fresh

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_once")]
HTMX = {"HX-Request": "true"}
PASSWORD = "correct horse %&"


@pytest.fixture
def visit(alice):
    client = Client()
    client.force_login(alice)
    return client


@pytest.fixture
def nudged(monkeypatch):
    """The workers' part of opening a step that has ended."""
    monkeypatch.setattr(tasks.collect_step_output, "apply_async", lambda args, **_: stepoutput.collect(*args))


@pytest.fixture
def secret_workflow(make_tile, place, tower, work, controller):
    """An order with a password, whose workflow has run its one step, which tells it."""
    survey = [{"variable": "pw", "question_name": "Password", "type": "password", "required": True}]
    nodes = [{"identifier": "tell", "job_template": "Plain no prompts"}]
    tower.add_template("Tells a password", survey, kind="workflow_job_template", nodes=nodes)
    sync.sync(controller)
    job = place(of=make_tile("Tells a password"), pw=PASSWORD)
    work()
    tower.start(fresh(job).tower_id)
    work()
    return fresh(job)


def first(job):
    return job.steps.order_by("node_id").first()


def address(step):
    return reverse("step-output", args=[step.job_id, step.pk])


def stdouts(tower):
    return [path for _, path in tower.requests if "/stdout/" in path]


def text(step):
    return "".join(piece.text for piece in step.output.all())


def test_nobody_opening_a_step_costs_no_request(plain_workflow, tower, work):
    job, _ = plain_workflow
    tower.start(tower.jobs[-1]["id"])
    tower.write(tower.jobs[-1]["id"], "PLAY [one]\n")
    work()
    tower.finish(tower.jobs[-1]["id"])
    tower.finish(tower.jobs[-1]["id"])
    work(3)

    assert not stdouts(tower)
    assert fresh(job).output_complete


def test_a_step_that_runs_shows_its_output_while_it_is_open(plain_workflow, tower, work, visit):
    job, _ = plain_workflow
    child = tower.jobs[-1]["id"]
    tower.start(child)
    work()
    assert visit.get(f"{address(first(job))}?from=0", headers=HTMX).status_code == 204

    tower.write(child, "PLAY [one]\nTASK [two]\n")
    work()
    answer = visit.get(f"{address(first(job))}?from=1", headers=HTMX).content.decode()

    assert "TASK [two]" in answer
    assert "PLAY [one]" not in answer
    assert f"step-tail-{first(job).pk}" in answer


def test_a_step_that_has_ended_is_read_when_somebody_opens_it(plain_workflow, tower, work, visit, nudged):
    job, _ = plain_workflow
    tower.finish(tower.jobs[-1]["id"], stdout="PLAY [one]\n")
    tower.finish(tower.jobs[-1]["id"])
    work(3)

    page = visit.get(address(first(job))).content.decode()
    again = visit.get(f"{address(first(job))}?from=0", headers=HTMX).content.decode()

    assert "PLAY [one]" in page
    assert "PLAY [one]" in again
    assert "hx-get" not in again
    assert len(stdouts(tower)) == 1


def test_a_password_is_masked_in_a_step_that_runs(secret_workflow, tower, work, visit):
    child = tower.jobs[-1]["id"]
    tower.start(child)
    work()
    visit.get(address(first(secret_workflow)))
    tower.write(child, f"the password is {PASSWORD}\n")
    work()

    assert text(first(secret_workflow)) == "the password is ••••••••\n"


def test_the_output_of_a_workflow_with_a_password_is_read_before_the_password_is_deleted(
    secret_workflow, tower, work, visit, nudged
):
    tower.finish(tower.jobs[-1]["id"], stdout=f"the password is {PASSWORD}\n")
    work(3)
    assert not secret_workflow.secrets.exists()
    tower.clear_requests()

    page = visit.get(address(first(secret_workflow))).content.decode()

    assert "••••••••" in page
    assert PASSWORD not in page
    assert not stdouts(tower)
    assert not StepOutput.objects.filter(text__contains=PASSWORD).exists()


def test_what_was_not_read_before_the_password_was_deleted_is_never_read(secret_workflow, tower, work, visit, nudged):
    child = tower.jobs[-1]["id"]
    tower.start(child)
    work()
    secret_workflow.secrets.all().delete()
    tower.finish(child, stdout=f"the password is {PASSWORD}\n")
    work(3)

    page = visit.get(address(first(secret_workflow))).content.decode()

    assert PASSWORD not in page
    assert not StepOutput.objects.exists()


def test_strangers_do_not_see_a_step(plain_workflow, django_user_model):
    job, _ = plain_workflow
    client = Client()
    client.force_login(django_user_model.objects.create_user("stranger"))

    assert client.get(address(first(job))).status_code == 404


def test_markup_in_a_step_is_escaped(plain_workflow, tower, work, visit, nudged):
    job, _ = plain_workflow
    tower.finish(tower.jobs[-1]["id"], stdout="<script>alert(1)</script>\n")
    work(2)
    visit.get(address(first(job)))

    assert "<script>alert" not in visit.get(address(first(job))).content.decode()


def test_the_page_offers_the_output_of_steps_that_have_begun(plain_workflow, visit, tower, work):
    job, _ = plain_workflow
    tower.start(tower.jobs[-1]["id"])
    work()
    page = visit.get(job.get_absolute_url()).content.decode()

    assert page.count('class="step-output"') == 1
    assert f'href="{address(first(job))}"' in page
    assert ANSWERS["_tenant_shortname"] in page
