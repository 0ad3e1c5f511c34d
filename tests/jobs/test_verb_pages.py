"""Stop, withdraw and run again on the pages: who may, what is asked, and that a GET changes nothing."""

import re
from html import unescape

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client

from jobs import verbs
from jobs.models import Job, Status
from tests.visitor import fields

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_once")]

HTMX = {"HX-Request": "true"}
VERBS = ["stop", "withdraw", "relaunch"]


def person(name, *groups, permissions=()):
    found = User.objects.create_user(name, first_name=name.title())
    found.groups.set(groups)
    found.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(found)
    return client


def words(answer):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def address(job, verb):
    return f"/jobs/{job.pk}/{verb}/"


@pytest.fixture
def visit(alice):
    client = Client()
    client.force_login(alice)
    return client


@pytest.fixture
def queued(place):
    return place()


@pytest.fixture
def running(place, tower, work):
    job = place()
    work()
    tower.start(tower.jobs[0]["id"])
    work()
    return job


@pytest.fixture
def ended(running, tower, work):
    tower.finish(tower.jobs[0]["id"], "failed", hosts=[{"name": "leaf-101", "failed": 1}, "leaf-102"])
    work(2)
    return running


def everything():
    return list(Job.objects.order_by("pk").values())


# Who may --------------------------------------------------------------------------------------------------------------


def test_who_ordered_it_may_stop_it(visit, running, alice):
    assert visit.post(address(running, "stop")).status_code == 302

    assert Job.objects.get().stop_wanted_by == alice


def test_who_has_the_permission_and_sees_it_may_stop_it(running):
    dan = person("dan", permissions=["view_all_jobs", "stop_jobs"])

    assert "Stop…" in words(dan.get("/jobs/?whose=all"))
    assert dan.post(address(running, "stop")).status_code == 302
    assert "Stopping…" in words(dan.get(running.get_absolute_url()))
    assert "Dan asked to stop it" in words(dan.get(running.get_absolute_url()))


def test_a_colleague_who_only_sees_it_may_do_nothing_with_it(running, sales, tile):
    tile.shared = True
    tile.save()
    before = everything()
    colleague = person("colleague", sales)

    assert [colleague.post(address(running, verb)).status_code for verb in VERBS] == [403, 403, 403]
    assert [colleague.get(address(running, verb)).status_code for verb in VERBS] == [403, 403, 403]
    assert "Stop…" not in words(colleague.get("/jobs/?whose=group"))
    assert everything() == before


def test_a_stranger_does_not_even_learn_that_it_exists(running):
    stranger = person("stranger", Group.objects.create(name="Other"), permissions=["stop_jobs", "relaunch_jobs"])

    assert [stranger.post(address(running, verb)).status_code for verb in VERBS] == [404, 404, 404]
    assert Job.objects.get().stop_wanted_at is None


def test_without_signing_in_nothing_happens(running):
    assert [Client().post(address(running, verb)).status_code for verb in VERBS] == [302, 302, 302]
    assert Job.objects.get().stop_wanted_at is None


def test_a_form_without_its_token_is_refused(running, alice):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)

    assert [strict.post(address(running, verb)).status_code for verb in VERBS] == [403, 403, 403]
    assert Job.objects.get().stop_wanted_at is None


def test_only_its_person_may_withdraw_it(queued):
    dan = person("dan", permissions=["view_all_jobs", "stop_jobs"])

    assert dan.post(address(queued, "withdraw")).status_code == 403
    assert "Withdraw…" not in words(dan.get("/jobs/?whose=all"))


def test_only_engineers_may_run_it_again(visit, ended):
    bob = person("bob", permissions=["view_all_jobs", "relaunch_jobs"])

    assert "Run again…" not in words(visit.get(ended.get_absolute_url()))
    assert visit.post(address(ended, "relaunch"), {"hosts": "all"}).status_code == 403
    assert "Run again…" in words(bob.get(ended.get_absolute_url()))
    page = bob.get(address(ended, "relaunch"))
    assert "Run on the 1 that failed" in words(page)
    form = fields(page.content.decode())
    first, second = (bob.post(address(ended, "relaunch"), form | {"hosts": "failed"}) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Job.objects.count() == 2
    assert "It runs an earlier order again, on the devices that failed" in words(bob.get(first["Location"]))


# A GET changes nothing ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize("status", list(Status))
def test_a_get_changes_nothing(status, headers, queued, tower):
    Job.objects.update(status=status, tower_id=7)
    everybody = person("root", permissions=["view_all_jobs", "stop_jobs", "relaunch_jobs"])
    before = everything()
    owner = Client()
    owner.force_login(queued.ordered_by)

    for client in (everybody, owner):
        for verb in VERBS:
            assert client.get(address(queued, verb), headers=headers).status_code in {200, 302, 403, 409}

    assert everything() == before
    assert tower.requests == []


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(method, visit, running):
    assert [getattr(visit, method)(address(running, verb)).status_code for verb in VERBS] == [405, 405, 405]


# What is asked and told -----------------------------------------------------------------------------------------------


def test_the_question_says_the_consequence_and_the_safe_answer_comes_first(visit, running):
    page = visit.get(address(running, "stop"))

    assert "What it has done so far stays as it is" in words(page)
    assert page.content.index(b"Let it finish") < page.content.index(b"Stop the build")
    assert b"<html" in page.content


def test_a_dialog_gets_the_question_alone(visit, running):
    answer = visit.get(address(running, "stop"), headers=HTMX)

    assert b"<html" not in answer.content
    assert b"data-safe" in answer.content
    assert "HX-Request" in answer["Vary"]


def test_a_dialog_is_told_to_close(visit, running):
    answer = visit.post(address(running, "stop"), headers=HTMX)

    assert answer.status_code == 204
    assert "verb-done" in answer["HX-Trigger"]


def test_a_double_click_stops_once(visit, running):
    first, second = (visit.post(address(running, "stop")) for _ in range(2))

    assert (first.status_code, second.status_code) == (302, 302)
    assert running.timeline.filter(kind="stop_wanted").count() == 1


def test_a_double_click_withdraws_once(visit, queued):
    first, second = (visit.post(address(queued, "withdraw")) for _ in range(2))

    assert first["Location"] == second["Location"] == queued.get_absolute_url()
    page = words(visit.get(queued.get_absolute_url()))
    assert "Withdrawn by Alice" in page
    assert "Nothing was sent." in page
    assert "Order again" in page


def test_what_ended_before_the_button_was_pressed_is_told(visit, ended):
    answer = visit.post(address(ended, "stop"))

    assert answer.status_code == 409
    assert "It ended before it could be stopped." in words(answer)
    assert Job.objects.get().stop_wanted_at is None


def test_what_was_sent_before_the_button_was_pressed_can_be_stopped_instead(visit, queued, work):
    dialog = visit.get(address(queued, "withdraw"), headers=HTMX)
    assert "Withdraw this order?" in words(dialog)
    work()

    answer = visit.post(address(queued, "withdraw"), headers=HTMX)

    assert "It was sent to Tower meanwhile. You can stop it instead." in words(answer)
    assert address(queued, "stop").encode() in answer.content


def test_an_order_in_doubt_says_that_it_cannot_be_stopped_until_it_is_found(visit, queued):
    Job.objects.update(status=Status.IN_DOUBT)

    page = words(visit.get(queued.get_absolute_url()))
    assert "can neither be stopped nor withdrawn" in page
    assert "Stop…" not in page
    assert "as soon as it is found there" in words(visit.post(address(queued, "stop")))


def test_the_button_is_gone_while_it_is_being_stopped(visit, running, alice):
    assert "Stop…" in words(visit.get("/jobs/"))

    verbs.stop(running, by=alice)

    assert "Stop…" not in words(visit.get("/jobs/"))
    assert "Stop…" not in words(visit.get(running.get_absolute_url()))
    assert "Stopping…" in words(visit.get("/jobs/"))


def test_the_time_left_is_not_guessed_while_it_is_being_stopped(visit, running, alice):
    assert b"data-left" in visit.get("/jobs/").content
    verbs.stop(running, by=alice)

    assert b"data-left" not in visit.get("/jobs/").content
    assert b"data-left" not in visit.get(running.get_absolute_url()).content


@pytest.mark.parametrize(
    ("status", "label"), [(Status.QUEUED, "Withdraw…"), (Status.LAUNCHING, ""), (Status.PENDING, "Stop…")]
)
def test_rows_offer_what_can_be_done_in_each_state(status, label, visit, queued):
    Job.objects.update(status=status)
    found = re.search(r'id="verb-\d+"[^>]*>([^<]+)<', visit.get("/jobs/").content.decode())

    assert (found[1] if found else "") == label


def test_a_refresh_of_the_queue_keeps_the_rows_actions(visit, queued):
    page = visit.get("/jobs/").content.decode()
    poll = unescape(re.search(r'id="poller"\s+hx-get="([^"]+)"', page)[1])
    Job.objects.update(status=Status.PENDING)

    fresh = visit.get(re.sub(r"since=[^&]*", "since=", poll), headers=HTMX)

    assert f'id="verb-{queued.pk}"' in fresh.content.decode()
    assert "Stop…" in words(fresh)
