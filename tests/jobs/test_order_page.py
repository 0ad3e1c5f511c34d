"""Order a tile on its page: once, with clear errors, and nothing typed is lost."""

import re
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from jobs import secrets
from jobs.models import Job, JobSecret, KeptSecret

from .conftest import ANSWERS

pytestmark = pytest.mark.django_db(transaction=True)

EVERY_TYPE = {
    "t_req": "abc",
    "ta_req": "x",
    "pw_req": "hunter22",
    "i_req": "5",
    "f_req": "1.5",
    "mc_req": "red",
    "ms_req": "a",
}


def sent(form_key, answers):
    return {"form_key": str(form_key)} | {f"a-{name}": value for name, value in answers.items()}


def key_of(answer):
    return re.search(r'name="form_key" value="([^"]+)"', answer.content.decode())[1]


@pytest.fixture
def visit(alice):
    client = Client()
    client.force_login(alice)
    return client


@pytest.fixture
def every_type(make_tile):
    return make_tile("Every survey type", slug="every-type", title="Every type")


def test_the_form_asks_the_questions_of_the_survey(visit, tile):
    answer = visit.get(tile.get_absolute_url())

    text = answer.content.decode()
    assert answer.status_code == 200
    assert all(f'name="a-{variable}"' in text for variable in ANSWERS)


def test_an_order_leads_to_its_job_page(visit, tile):
    answer = visit.post(tile.get_absolute_url(), sent(uuid4(), ANSWERS))

    job = Job.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == job.get_absolute_url()
    assert job.subject == "acme, VLAN 465"


def test_the_same_form_sent_twice_is_one_order(visit, tile):
    form_key = uuid4()
    first = visit.post(tile.get_absolute_url(), sent(form_key, ANSWERS))
    second = visit.post(tile.get_absolute_url(), sent(form_key, ANSWERS))

    assert Job.objects.count() == 1
    assert first["Location"] == second["Location"]


def test_the_same_form_with_other_answers_asks_first_and_orders_on_the_second_click(visit, tile):
    form_key = uuid4()
    visit.post(tile.get_absolute_url(), sent(form_key, ANSWERS))
    answer = visit.post(tile.get_absolute_url(), sent(form_key, ANSWERS | {"_vlan_id": "466"}))

    assert Job.objects.count() == 1
    assert Job.objects.get().get_absolute_url() in answer.content.decode()
    assert 'value="466"' in answer.content.decode()

    visit.post(tile.get_absolute_url(), sent(key_of(answer), ANSWERS | {"_vlan_id": "466"}))
    assert Job.objects.count() == 2


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("_vlan_id", "5000", "Enter a number from 1 to 4094"),
        ("_vlan_id", "", "Enter"),
        ("_tenant_shortname", "much too long for this", "Use at most 10 characters; this has 22"),
    ],
)
def test_a_wrong_answer_comes_back_beside_its_error_with_everything_typed(visit, tile, tower, variable, value, said):
    answer = visit.post(tile.get_absolute_url(), sent(uuid4(), ANSWERS | {variable: value}))

    text = answer.content.decode()
    assert answer.status_code == 422
    assert said in text
    assert f'value="{value}"' in text or not value
    assert 'value="K12345"' in text
    assert "<title>Error:" in text.replace("\n", "").replace("  ", "")
    assert not Job.objects.exists()
    assert not tower.requests


def test_a_typed_password_is_kept_on_the_server_and_never_sent_back(visit, every_type):
    form_key = uuid4()
    answer = visit.post(every_type.get_absolute_url(), sent(form_key, EVERY_TYPE | {"i_req": "5000"}))

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "hunter22" not in text
    assert "type to change" in text.lower()
    assert KeptSecret.objects.count() == 1

    visit.post(every_type.get_absolute_url(), sent(form_key, EVERY_TYPE | {"pw_req": ""}))
    assert secrets.reveal(Job.objects.get()) == {"pw_req": "hunter22"}
    assert not KeptSecret.objects.exists()


def test_a_double_click_after_a_correction_is_one_order(visit, every_type):
    form_key = uuid4()
    visit.post(every_type.get_absolute_url(), sent(form_key, EVERY_TYPE | {"i_req": "5000"}))
    for _ in range(2):
        answer = visit.post(every_type.get_absolute_url(), sent(form_key, EVERY_TYPE | {"pw_req": ""}))
        assert answer.status_code == 302

    assert Job.objects.count() == 1


def test_a_reload_after_the_order_has_ended_leads_to_it(visit, every_type):
    form_key = uuid4()
    visit.post(every_type.get_absolute_url(), sent(form_key, EVERY_TYPE | {"i_req": "5000"}))
    visit.post(every_type.get_absolute_url(), sent(form_key, EVERY_TYPE | {"pw_req": ""}))
    JobSecret.objects.all().delete()

    answer = visit.post(every_type.get_absolute_url(), sent(form_key, EVERY_TYPE | {"pw_req": ""}))

    assert answer["Location"] == Job.objects.get().get_absolute_url()


def test_a_kept_password_of_another_person_is_not_used(visit, every_type, alice, django_user_model):
    form_key = uuid4()
    mallory = django_user_model.objects.create_user("mallory")
    secrets.keep(form_key, mallory, {"pw_req": "theirs-1"})

    answer = visit.post(every_type.get_absolute_url(), sent(form_key, EVERY_TYPE | {"pw_req": ""}))

    assert answer.status_code == 422
    assert not Job.objects.exists()


def test_a_form_key_that_was_tampered_with_is_replaced(visit, tile):
    answer = visit.post(tile.get_absolute_url(), {"form_key": "x"} | sent("x", ANSWERS))

    assert answer.status_code == 302


def test_two_people_with_the_same_form_key_order_one_each(visit, tile, django_user_model):
    form_key = uuid4()
    visit.post(tile.get_absolute_url(), sent(form_key, ANSWERS))
    other = Client()
    other.force_login(django_user_model.objects.create_user("dan"))
    other.post(tile.get_absolute_url(), sent(form_key, ANSWERS))

    assert Job.objects.count() == 2


def test_a_paused_tile_says_why_and_takes_no_order(visit, tile):
    tile.paused = "Until 14:00: Tower is being upgraded."
    tile.save()

    answer = visit.post(tile.get_absolute_url(), sent(uuid4(), ANSWERS))

    assert "Tower is being upgraded" in answer.content.decode()
    assert not Job.objects.exists()


def test_an_order_is_taken_while_tower_is_down_and_the_page_says_so(visit, tile, controller, tower):
    controller.failed_us("Tower does not answer.")
    tower.down()

    text = visit.get(tile.get_absolute_url()).content.decode()
    assert "does not answer" in text
    assert visit.post(tile.get_absolute_url(), sent(uuid4(), ANSWERS)).status_code == 302
    tower.up()


def test_a_page_never_asks_tower(visit, tile, tower):
    visit.get("/")
    visit.get(tile.get_absolute_url())
    visit.post(tile.get_absolute_url(), sent(uuid4(), ANSWERS))
    visit.get("/jobs/")
    visit.get(Job.objects.get().get_absolute_url())

    assert not tower.requests


def test_an_order_is_kept_when_the_broker_is_down(visit, tile, monkeypatch):
    from kombu.exceptions import OperationalError

    from jobs import tasks

    def down(*_, **__):
        raise OperationalError("down")

    monkeypatch.setattr(tasks.launch_job, "apply_async", down)

    assert visit.post(tile.get_absolute_url(), sent(uuid4(), ANSWERS)).status_code == 302
    assert Job.objects.due(timezone.now()).exists()


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_it_rejects_other_methods(visit, tile, method):
    assert getattr(visit, method)(tile.get_absolute_url()).status_code == 405


def test_it_leads_to_the_sign_in_page_without_a_session(tile):
    answer = Client().get(tile.get_absolute_url())

    assert answer["Location"].startswith("/accounts/login/")
