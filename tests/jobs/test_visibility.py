"""Who sees which tile and which order; checked on the server for every page."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client

from jobs.models import Job

pytestmark = pytest.mark.django_db(transaction=True)


def person(name, *groups, permissions=()):
    found = User.objects.create_user(name)
    found.groups.set(groups)
    found.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return found


def status(user, address):
    client = Client()
    client.force_login(user)
    return client.get(address).status_code


def addresses(job):
    return [job.get_absolute_url(), f"{job.get_absolute_url()}output/"]


@pytest.fixture
def job(place):
    return place()


def test_people_see_their_own_orders(job, alice):
    assert status(alice, job.get_absolute_url()) == 200


def test_a_colleague_sees_them_only_if_the_tile_says_so(job, sales, tile):
    colleague = person("colleague", sales)
    assert [status(colleague, address) for address in addresses(job)] == [404, 404]

    tile.shared = True
    tile.save()
    assert status(colleague, job.get_absolute_url()) == 200


def test_others_never_see_them(job, tile):
    tile.shared = True
    tile.save()
    stranger = person("stranger", Group.objects.create(name="Field operations"))

    assert [status(stranger, address) for address in addresses(job)] == [404, 404]
    client = Client()
    client.force_login(stranger)
    for whose in ("mine", "group", "all"):
        assert f'id="job-{job.pk}"' not in client.get(f"/jobs/?whose={whose}").content.decode()


def test_the_permission_to_see_all_jobs_shows_all(job):
    assert status(person("bob", permissions=["view_all_jobs"]), job.get_absolute_url()) == 200


def test_extra_vars_are_for_people_with_the_permission(job, alice):
    client = Client()
    client.force_login(alice)
    assert "_tenant_shortname" not in client.get(job.get_absolute_url()).content.decode()

    client.force_login(person("bob", permissions=["view_all_jobs", "view_extra_vars"]))
    assert "_tenant_shortname" in client.get(job.get_absolute_url()).content.decode()


def test_a_tile_is_for_its_audience_only(tile, sales, alice):
    tile.for_everyone = False
    tile.save()
    tile.audience.set([sales])
    stranger = person("stranger")

    assert status(alice, tile.get_absolute_url()) == 200
    assert status(stranger, tile.get_absolute_url()) == 404


def test_a_tile_without_an_audience_is_for_curators_only(tile, alice):
    tile.for_everyone = False
    tile.save()

    assert status(alice, tile.get_absolute_url()) == 404
    assert status(person("bob", permissions=["change_tile"]), tile.get_absolute_url()) == 200


def test_a_draft_is_for_curators_only(tile, alice):
    tile.published = False
    tile.save()

    assert status(alice, tile.get_absolute_url()) == 404
    assert status(person("bob", permissions=["change_tile"]), tile.get_absolute_url()) == 200


def test_a_deactivated_person_sees_nothing_at_once(job, alice):
    client = Client()
    client.force_login(alice)
    User.objects.filter(pk=alice.pk).update(is_active=False)

    assert client.get(job.get_absolute_url())["Location"].startswith("/accounts/login/")
    assert Job.objects.count() == 1
