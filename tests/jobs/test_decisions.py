"""Approvals are decided in the portal by those whom a curator names, once, and told as what they are."""

import re
import threading
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jobs import decide, decisions, steps, timeline, wording
from jobs.models import Decision, Job, Status

from .signing import answered, fresh, page, play, titles, waiting

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_once")]
State = Decision.State


@pytest.fixture
def job(signed_tile, place, tower, work):
    """An order in which an approval waits."""
    return play(place(of=signed_tile, **answered()), tower, work)


def client_of(person):
    client = Client()
    client.force_login(person)
    return client


def press(person, job, choice, **fields):
    address = reverse("decision", args=[job.pk, waiting(job).pk])
    return client_of(person).post(address, {"choice": choice} | fields, follow=True)


def chip(job):
    return wording.chip(fresh(job))


def names(tower):
    return [child["name"] for child in tower.jobs if child["type"] == "job"]


def test_an_approval_that_waits_is_told_on_the_chip_and_in_the_timeline(job):
    assert (chip(job).word, chip(job).state) == ("Needs a decision", "sign")
    assert chip(job).line == "Network leads can decide"
    assert titles(job) == [("Needs a decision", "Change board approval")]


def test_without_people_named_it_is_decided_in_tower(job, signed_tile):
    signed_tile.approvers.clear()

    assert chip(job).word == "Needs a decision in Tower"


def test_approved_here_it_goes_on_in_tower(job, carol, tower, work):
    text = press(carol, job, "approve", note="Fine with me").content.decode()
    assert "You approved it." in text
    assert "Approved by Carol" in text
    work(2)

    assert Decision.objects.get().state == State.TAKEN
    assert titles(job)[-1] == ("Approved by Carol", "Fine with me")
    assert names(tower)[-1] == "New_Customer_L2_Setup"
    tower.finish(tower.jobs[-1]["id"])
    work(3)
    assert fresh(job).status == Status.SUCCESSFUL
    assert chip(job).word == "Done"


def test_denied_here_it_is_not_told_as_a_failure_though_tower_says_successful(job, carol, tower, work):
    press(carol, job, "deny", note="Not this week")
    work(2)
    assert chip(job).word == "Denied by Carol"
    assert names(tower)[-1] == "Plain no prompts"
    tower.finish(tower.jobs[-1]["id"])
    work(3)

    ended = fresh(job)
    assert ended.status == Status.SUCCESSFUL
    assert (chip(job).word, chip(job).state) == ("Denied by Carol", "stopped")
    verdict = wording.verdict(ended)
    assert (verdict.title, verdict.state) == ("Denied by Carol", "stopped")
    assert wording.failure(ended) is None
    assert [step.title for step in timeline.steps(ended)][-2:] == ["Denied by Carol", "Ended"]
    assert titles(job)[-1] == ("Denied by Carol", "Not this week")
    text = page(client_of(carol), job)
    assert "Not this week" in text
    assert "What went wrong" not in text


def test_what_fails_after_a_denial_is_a_failure(job, carol, tower, work):
    press(carol, job, "deny")
    work(2)
    tower.finish(tower.jobs[-1]["id"], "failed")
    work(3)

    assert fresh(job).status == Status.FAILED
    assert chip(job).word == "Not done"


def test_nobody_decided_in_time(job, tower, work, carol):
    tower.time_out(tower.approvals()[0])
    work(2)
    tower.finish(tower.jobs[-1]["id"])
    work(3)

    assert chip(job).word == "Nobody decided in time"
    assert titles(job)[-1] == ("Nobody decided in time", "Change board approval")
    assert "Nobody decided in time" in page(client_of(carol), job)


def test_an_approval_that_expires_says_when(job, tower, work, carol):
    tower.tower.ledger.jobs[tower.approvals()[0]].timeout = 3600
    work()

    assert waiting(job).expires_at > timezone.now() + timedelta(minutes=55)
    assert "it is denied by itself" in page(client_of(carol), job)


@pytest.mark.parametrize("choice", Decision.Choice.values)
def test_how_long_people_take_to_decide_teaches_nothing_about_the_tile(job, choice, carol, tower, work):
    press(carol, job, choice)
    work(2)
    tower.finish(tower.jobs[-1]["id"])
    work(3)

    assert fresh(job).tile.usual_seconds is None


@pytest.mark.parametrize(
    ("approve", "word"), [(True, "Approved by admin in Tower"), (False, "Denied by admin in Tower")]
)
def test_decided_in_tower_it_is_told_who_did(job, tower, work, approve, word):
    tower.decide(tower.approvals()[0], approve=approve)
    work(2)

    assert titles(job)[-1] == (word, "Change board approval")
    assert waiting(job).decided_by == "admin in Tower"
    assert not Decision.objects.exists()


def test_decided_in_tower_a_moment_before_the_decision_here_came_too_late(job, carol, tower, work):
    tower.decide(tower.approvals()[0], approve=False)
    press(carol, job, "approve")
    work(2)

    assert Decision.objects.get().state == State.VOID
    assert titles(job)[1:] == [
        ("Denied by admin in Tower", "Change board approval"),
        ("Carol’s decision came too late", "Denied by admin in Tower"),
    ]
    assert [path for method, path in tower.requests if method == "POST" and "approve" in path] == []


def test_decided_in_tower_while_the_post_was_under_way(job, carol, tower, work, monkeypatch):
    real = decide._open_attempt

    def faster(decision):
        tower.decide(tower.approvals()[0], approve=True)
        return real(decision)

    monkeypatch.setattr(decide, "_open_attempt", faster)
    press(carol, job, "approve")
    work(2)

    decision = Decision.objects.get()
    assert (decision.state, decision.explanation) == (State.VOID, "Approved by admin in Tower")
    assert waiting(job).decided_by == "admin in Tower"


def test_a_second_click_and_a_second_person_change_nothing(job, carol, leads, django_user_model, tower, work):
    dora = django_user_model.objects.create_user("dora", first_name="Dora")
    dora.groups.add(leads)
    press(carol, job, "approve")
    again = press(carol, job, "approve").content.decode()
    other = press(dora, job, "deny").content.decode()
    work(2)

    assert "Carol had already approved it." in again
    assert "Carol had already approved it. What you pressed changed nothing." in other
    assert Decision.objects.count() == 1
    assert len([path for method, path in tower.requests if method == "POST" and "approv" in path]) == 1
    assert "had already" in press(dora, job, "deny").content.decode()


def test_two_people_at_the_same_moment_make_one_decision(job, carol, leads, django_user_model, tower, work):
    dora = django_user_model.objects.create_user("dora", first_name="Dora")
    dora.groups.add(leads)
    start, made = threading.Barrier(2), []

    def go(person, choice):
        step = waiting(Job.objects.get(pk=job.pk))
        start.wait()
        made.append(decisions.make(step, by=person, choice=choice).new)
        connection.close()

    threads = [
        threading.Thread(target=go, args=args)
        for args in [(carol, Decision.Choice.APPROVE), (dora, Decision.Choice.DENY)]
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    work(2)

    assert sorted(made) == [False, True]
    assert Decision.objects.get().state == State.TAKEN


def test_two_workers_send_one_decision_once(job, carol, tower):
    press(carol, job, "approve")
    decision = Decision.objects.get()
    tower.clear_requests()

    decide.send(decision.pk)
    decide.send(decision.pk)

    assert len([path for method, path in tower.requests if method == "POST"]) == 1


@pytest.mark.parametrize("who", ["alice", "stranger", "all-seeing"])
def test_only_those_named_may_decide(who, job, alice, django_user_model, tower, work):
    person = alice if who == "alice" else django_user_model.objects.create_user(who)
    if who == "all-seeing":
        person.user_permissions.set(Permission.objects.filter(codename="view_all_jobs"))
    answer = press(person, job, "approve")

    assert answer.status_code == (404 if who == "stranger" else 403)
    assert not Decision.objects.exists()
    if who != "stranger":
        assert 'value="approve"' not in page(client_of(person), job)


def test_those_named_see_the_order_and_find_it_in_their_queue(job, carol, alice):
    assert 'value="approve"' in page(client_of(carol), job)
    queue = client_of(carol).get("/jobs/?whose=decide").content.decode()
    assert job.get_absolute_url() in queue
    assert "To decide" not in client_of(alice).get("/jobs/").content.decode()
    assert job.get_absolute_url() not in client_of(alice).get("/jobs/?whose=decide").content.decode()


def test_the_list_of_decisions_moves_by_itself(job, carol, work, tower):
    client = client_of(carol)
    page_now = unescape(client.get("/jobs/?whose=decide").content.decode())
    address = re.search(r'hx-get="([^"]*since=[^"]*)"', page_now)[1]
    press(carol, job, "approve")
    work(2)

    assert f'id="job-{job.pk}"' in client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert f'id="job-{job.pk}"' not in client.get("/jobs/?whose=decide").content.decode()


def test_an_older_order_appears_in_the_list_of_decisions_when_its_turn_comes(job, signed_tile, place, carol):
    newer = place(of=signed_tile, **answered())
    Job.objects.filter(pk=newer.pk).update(status=Status.RUNNING, sign_off="waiting")
    Job.objects.filter(pk=job.pk).update(sign_off="")
    client = client_of(carol)
    address = re.search(r'hx-get="([^"]*since=[^"]*)"', unescape(client.get("/jobs/?whose=decide").content.decode()))[1]

    steps.publish(job)

    answer = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert f'id="job-{job.pk}"' in answer
    assert "afterbegin:#active-rows" in answer


def test_a_choice_that_does_not_exist_and_a_get_are_refused(job, carol):
    assert press(carol, job, "maybe").status_code == 403
    assert client_of(carol).get(reverse("decision", args=[job.pk, waiting(job).pk])).status_code == 405


def test_a_step_of_another_order_cannot_be_decided_through_this_one(job, carol, place):
    other = place()

    answer = client_of(carol).post(reverse("decision", args=[other.pk, waiting(job).pk]), {"choice": "approve"})

    assert answer.status_code == 404
