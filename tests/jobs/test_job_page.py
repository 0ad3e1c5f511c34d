"""The job page says what was asked for, how it goes and how it ended, in plain words."""

import re
from html import unescape

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from jobs.models import Job

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_once")]

HTMX = {"HX-Request": "true"}


@pytest.fixture
def visit(alice):
    client = Client()
    client.force_login(alice)
    return client


def text_of(visit, job):
    return visit.get(job.get_absolute_url()).content.decode()


def finished(job, tower, work, *, said="", **how):
    work()
    tower.start(tower.jobs[0]["id"])
    if said:
        tower.say_failed(tower.jobs[0]["id"], said)
    tower.finish(tower.jobs[0]["id"], **how)
    work(2)
    return Job.objects.get(pk=job.pk)


def test_it_shows_the_answers_with_their_labels_and_no_variable_names(visit, place, tile):
    text = text_of(visit, place())

    assert "acme" in text
    assert "465" in text
    assert "_tenant_shortname" not in text


def test_a_job_that_went_well_shows_its_result_facts(visit, place, tower, work, tile):
    tile.when_done = "The network is ready"
    tile.save()
    job = finished(place(), tower, work, artifacts={"gateway": "10.46.5.1", "vlan_id": 465}, stdout="PLAY [x]\n")

    text = text_of(visit, job)
    assert "The network is ready" in text
    assert "Gateway" in text
    assert "10.46.5.1" in text
    assert "VLAN ID" in text
    assert "PLAY [x]" in text


def test_a_job_that_failed_says_what_went_wrong_and_whether_anything_changed(visit, place, tower, work):
    job = finished(place(), tower, work, status="failed", said="The address is taken.", hosts=["leaf-101"])

    text = text_of(visit, job)
    assert "The address is taken." in text
    assert "Nothing was changed" in text


def test_without_host_results_it_does_not_claim_that_nothing_changed(visit, place, tower, work):
    job = finished(place(), tower, work, status="failed", hosts=[])

    assert "We cannot tell whether anything was changed" in text_of(visit, job)


def test_extra_vars_are_shown_exactly_as_tower_reports_them(place, tower, work, django_user_model):
    job = finished(place(), tower, work)
    bob = django_user_model.objects.create_user("bob")
    bob.user_permissions.set(Permission.objects.filter(codename__in=["view_all_jobs", "view_extra_vars"]))
    client = Client()
    client.force_login(bob)

    assert '"_vlan_id": 465' in unescape(text_of(client, job))


def test_a_refresh_is_silent_until_something_changes(visit, place, tower, work):
    job = place()
    address = unescape(re.search(r'hx-get="([^"]*since=[^"]*)"', text_of(visit, job))[1])
    assert visit.get(address, headers=HTMX).status_code == 204

    work()
    answer = visit.get(address, headers=HTMX)
    assert answer.status_code == 200
    assert "Waiting for a free slot" in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_a_job_that_ended_is_not_asked_about_any_more(visit, place, tower, work):
    job = finished(place(), tower, work)

    assert "since=" not in text_of(visit, job)


def test_live_output_comes_line_by_line(visit, place, tower, work):
    job = place()
    work()
    tower.start(tower.jobs[0]["id"])
    work()
    visit.get(job.get_absolute_url())
    address = f"{job.get_absolute_url()}output/"
    assert visit.get(f"{address}?from=0", headers=HTMX).status_code == 204

    tower.write(tower.jobs[0]["id"], "PLAY [one]\nTASK [two]\n")
    work()
    answer = visit.get(f"{address}?from=1", headers=HTMX).content.decode()

    assert "TASK [two]" in answer
    assert "PLAY [one]" not in answer
    assert "from=2" in answer
