"""An order that was not sent yet can be withdrawn by its person: never both withdrawn and launched."""

from datetime import timedelta

import pytest
from django.utils import timezone

from jobs import launch, verbs, wording
from jobs.models import Job, JobQuerySet, JobSecret, Status
from tests.jobs.looking import fresh, kinds

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_once")]

SOON = timedelta(seconds=1)


def test_an_order_that_waits_is_withdrawn_and_nothing_is_sent(place, tower, work):
    tower.down()
    job = place()
    work()

    assert verbs.withdraw(job)
    tower.up()
    work(2, later=SOON)

    shown = Job.objects.for_rows().get(pk=job.pk)
    assert (wording.chip(shown).word, wording.chip(shown).line) == ("Withdrawn by Alice", "Nothing was sent")
    assert kinds(job) == ["ordered", "waiting", "withdrawn"]
    assert not tower.jobs
    assert not shown.is_active


def test_its_passwords_are_deleted(place):
    job = place()
    JobSecret.objects.create(job=job, variable="pw", value="okapi")

    verbs.withdraw(job)

    assert not JobSecret.objects.exists()


def test_twice_is_once(place):
    job = place()

    assert verbs.withdraw(job)
    assert verbs.withdraw(job)

    assert kinds(job).count("withdrawn") == 1


@pytest.mark.parametrize("status", [Status.LAUNCHING, Status.IN_DOUBT, Status.RUNNING, Status.SUCCESSFUL])
def test_what_was_or_may_have_been_sent_is_not_withdrawn(status, place):
    job = place()
    Job.objects.update(status=status)

    assert not verbs.withdraw(job)

    assert fresh(job).status == status


def test_a_claimed_order_is_not_withdrawn(place):
    job = place()
    assert Job.objects.claim(job.pk, until=timezone.now() + timedelta(minutes=1))

    assert not verbs.withdraw(job)


def test_a_withdrawn_order_is_claimed_by_nobody(place, tower):
    job = place()
    verbs.withdraw(job)

    assert not Job.objects.claim(job.pk, until=timezone.now() + timedelta(minutes=1))
    launch.launch(job.pk)

    assert not tower.jobs


@pytest.mark.parametrize("first", ["withdraw", "claim"])
def test_a_race_with_a_worker_that_has_found_it_due_never_does_both(first, place, tower, monkeypatch):
    """Just before the claim, or just after it: whoever changes the row first wins, and the other leaves it alone."""
    job, outcome = place(), []
    real = JobQuerySet.claim

    def claim(rows, pk, *, until):
        if first == "withdraw":
            outcome.append(verbs.withdraw(job))
        claimed = real(rows, pk, until=until)
        if first == "claim":
            outcome.append(verbs.withdraw(job))
        return claimed

    monkeypatch.setattr(JobQuerySet, "claim", claim)
    launch.launch(job.pk)

    assert outcome == [first == "withdraw"]
    assert len(tower.jobs) == (0 if first == "withdraw" else 1)
    assert fresh(job).status == (Status.WITHDRAWN if first == "withdraw" else Status.PENDING)
