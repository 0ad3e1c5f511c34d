"""Orders in Django's admin: to look at, without secrets."""

import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse

from catalog.models import Controller, Template, Tile
from jobs.models import Job, JobSecret

pytestmark = pytest.mark.django_db
SECRET = "p4ssword-of-a-person"


@pytest.fixture
def job():
    controller = Controller.objects.create(name="Tower", url="http://127.0.0.1:1", token="t0ken")
    template = Template.objects.create(controller=controller, kind="job_template", tower_id=9, name="L2")
    tile = Tile.objects.create(template=template, title="New network", slug="new-network")
    job = Job.objects.create(
        tile=tile,
        template=template,
        controller=controller,
        ordered_by=User.objects.create_user("alice"),
        form_key="5d0f4a8e-5a07-4a40-9b61-e0b7a1d0c0de",
        fingerprint="f" * 64,
        subject="acme",
        answers=[
            {"variable": "_vlan_id", "label": "VLAN id", "value": "465", "secret": False},
            {"variable": "_pw", "label": "Password", "value": "", "secret": True},
        ],
    )
    JobSecret.objects.create(job=job, variable="_pw", value=SECRET)
    return job


def change_url(job):
    return reverse("admin:jobs_job_change", args=[job.pk])


def test_an_operator_sees_an_order_without_its_secrets(client, job):
    client.force_login(User.objects.create_superuser("oscar"))
    page = client.get(change_url(job)).content.decode()
    assert "VLAN id: 465" in page
    assert "Password: (secret)" in page
    assert SECRET not in page
    listed = client.get(reverse("admin:jobs_job_changelist"))
    assert listed.status_code == 200
    assert "acme" in listed.content.decode()


def test_nobody_changes_adds_or_deletes_an_order(client, job):
    client.force_login(User.objects.create_superuser("oscar"))
    assert client.post(change_url(job), {"subject": "mine"}).status_code == 403
    assert client.post(reverse("admin:jobs_job_delete", args=[job.pk]), {"post": "yes"}).status_code == 403
    assert client.get(reverse("admin:jobs_job_add")).status_code == 403
    assert Job.objects.get().subject == "acme"


def test_staff_sees_here_only_the_orders_it_may_see_elsewhere(client, job):
    someone = User.objects.create_user("bob", is_staff=True)
    someone.user_permissions.add(Permission.objects.get(codename="view_job"))
    client.force_login(someone)
    assert "acme" not in client.get(reverse("admin:jobs_job_changelist")).content.decode()
    assert client.get(change_url(job)).status_code == 302
