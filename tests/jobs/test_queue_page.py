"""The queue refreshes itself: silent when nothing is new, only the changed rows when something is."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from jobs import states, versions
from jobs.models import Job, Status

pytestmark = pytest.mark.django_db(transaction=True)

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/jobs/?whose=mine"}


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


@pytest.fixture
def visit(alice):
    client = Client()
    client.force_login(alice)
    return client


def poller(answer):
    """Where the page asks for news, and how often."""
    tag = re.search(r"<[^>]*id=\"poller\"[^>]*>", answer.content.decode())[0]
    return (
        unescape(re.search(r'hx-get="([^"]+)"', tag)[1]),
        int(re.search(r"every (\d+)s", tag)[1]),
    )


def has_row(answer, job):
    return f'id="job-{job.pk}"' in answer.content.decode()


def test_a_refresh_with_nothing_new_is_silent_and_reads_no_job(visit, place, django_assert_max_num_queries):
    place()
    versions.raise_version()
    address, _ = poller(visit.get("/jobs/"))

    with django_assert_max_num_queries(2):
        answer = visit.get(address, headers=HTMX)

    assert answer.status_code == 204


def test_a_refresh_brings_the_changed_row_and_no_other(visit, place):
    first, second = place(), place()
    address, _ = poller(visit.get("/jobs/"))
    Job.objects.update(changed_at=timezone.now() - timedelta(minutes=1))
    second.refresh_from_db()
    states.move(second, status=Status.RUNNING)

    answer = visit.get(address, headers=HTMX)

    assert answer.status_code == 200
    assert has_row(answer, second)
    assert not has_row(answer, first)
    assert "Being built" in answer.content.decode()
    assert "hx-swap-oob" in answer.content.decode()


def test_a_new_order_arrives_at_the_top_once(visit, place):
    versions.raise_version()
    address, _ = poller(visit.get("/jobs/"))
    job = place()

    first = visit.get(address, headers=HTMX)
    assert has_row(first, job)
    second = visit.get(poller(first)[0], headers=HTMX)

    assert second.status_code == 204


def test_polling_is_slow_when_nothing_is_active_and_quick_otherwise(visit, place):
    assert poller(visit.get("/jobs/"))[1] == 30

    job = place()
    answer = visit.get("/jobs/")
    assert poller(answer)[1] == 3

    states.move(Job.objects.get(pk=job.pk), status=Status.SUCCESSFUL)
    assert poller(visit.get(poller(answer)[0], headers=HTMX))[1] == 30


def test_no_lost_version_hides_a_change_for_long(visit, place):
    job = place()
    versions.raise_version()
    address, _ = poller(visit.get("/jobs/"))
    Job.objects.filter(pk=job.pk).update(status=Status.RUNNING, changed_at=timezone.now())
    assert visit.get(address, headers=HTMX).status_code == 204

    old = re.sub(r"at=[^&]+", f"at={(timezone.now() - timedelta(minutes=1)).strftime('%Y-%m-%dT%H:%M:%SZ')}", address)
    assert has_row(visit.get(old, headers=HTMX), job)


def test_a_cache_that_is_down_only_costs_the_saving(visit, place, monkeypatch):
    job = place()
    address, _ = poller(visit.get("/jobs/"))
    monkeypatch.setattr(cache, "get", lambda *_, **__: (_ for _ in ()).throw(ConnectionError))

    assert has_row(visit.get(address, headers=HTMX), job)


def test_the_end_of_the_session_leads_the_whole_page_to_the_sign_in_page(visit, place):
    place()
    address, _ = poller(visit.get("/jobs/"))
    visit.logout()

    answer = visit.get(address, headers=HTMX)

    assert answer["HX-Redirect"] == "/accounts/login/?next=/jobs/%3Fwhose%3Dmine"
    assert b"<form" not in answer.content


@pytest.mark.parametrize("query", ["since=x&at=x&rows=x", "since=x&at=2026-99-99&rows=1.2.3", "before=x", "since=&at="])
def test_a_tampered_address_is_harmless(visit, place, query):
    place()

    assert visit.get(f"/jobs/?{query}", headers=HTMX).status_code in {200, 204}
    assert visit.get(f"/jobs/?{query}").status_code == 200


def test_older_jobs_are_a_page_away(visit, tile, alice, controller):
    from uuid import uuid4

    Job.objects.bulk_create(
        Job(
            tile=tile,
            template=tile.template,
            controller=controller,
            ordered_by=alice,
            form_key=uuid4(),
            status=Status.SUCCESSFUL,
        )
        for _ in range(120)
    )
    answer = visit.get("/jobs/")
    assert answer.content.decode().count('id="job-') == 50

    older = unescape(re.search(r'href="([^"]*before=[^"]*)"', answer.content.decode())[1])
    assert visit.get(older).content.decode().count('id="job-') == 50


def test_the_page_takes_the_same_few_queries_for_five_rows_and_for_fifty(visit, tile, alice, controller):
    from uuid import uuid4

    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for more in (5, 45):
        Job.objects.bulk_create(
            Job(
                tile=tile,
                template=tile.template,
                controller=controller,
                ordered_by=alice,
                form_key=uuid4(),
                status=Status.RUNNING,
            )
            for _ in range(more)
        )
        with CaptureQueriesContext(connection) as captured:
            visit.get("/jobs/")
        counts.append(len(captured))

    assert counts[0] == counts[1] <= 10
