"""Nobody takes over an order whose sender is alive, however long it was paused."""

import subprocess
import sys
import textwrap
from datetime import timedelta

import pytest
from django.utils import timezone

from jobs import launch, locks, states
from jobs.models import Job, Status

from .looking import fresh, posts

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_once")]


def other_process_holding(job_id):
    """A process that takes the lock and keeps it until it is killed."""
    code = f"""
        import os, sys
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
        import django
        django.setup()
        from django.conf import settings
        settings.PORTAL_DATA_DIR = sys.argv[1]
        from jobs import locks
        with locks._file({job_id}) as mine:
            print(mine, flush=True)
            sys.stdin.read()
    """
    from django.conf import settings

    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), str(settings.PORTAL_DATA_DIR)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline().strip() == "True"
    return process


def end(process):
    process.kill()
    process.communicate(timeout=10)


def test_one_sender_at_a_time_holds_the_lock():
    with locks.sending(7) as first, locks.sending(7) as second, locks.sending(8) as other:
        assert (first, second, other) == (True, False, True)
    assert not locks.being_sent(7)


def test_the_lock_of_a_process_that_died_is_free():
    process = other_process_holding(9)
    assert locks.being_sent(9)

    end(process)

    assert not locks.being_sent(9)


def test_an_order_whose_paused_sender_is_alive_is_not_taken_over(place, tower):
    job = place()
    Job.objects.claim(job.pk, until=timezone.now() + timedelta(minutes=1))
    states.open_attempt(fresh(job), timezone.now())
    Job.objects.update(claimed_until=timezone.now() - timedelta(hours=1))
    process = other_process_holding(job.pk)

    launch.launch(job.pk)
    assert fresh(job).status == Status.LAUNCHING

    end(process)
    launch.launch(job.pk)
    assert fresh(job).status == Status.IN_DOUBT
    assert not posts(tower)


def test_an_order_in_doubt_is_not_sent_again_while_its_sender_is_alive(place, tower, work):
    job = place()
    tower.fault("error_before", on="launch")
    launch.launch(job.pk)
    process = other_process_holding(job.pk)
    work(4, later=timedelta(minutes=1))
    assert len(posts(tower)) == 1

    end(process)
    work(4, later=timedelta(minutes=1))
    assert len(tower.jobs) == 1
