"""Order again: the earlier answers in the form, what no longer fits is said, a password is never filled in."""

import re
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.test import Client

from catalog.models import Template
from catalog.survey import job_vars, parse
from jobs import again
from jobs.models import Job, Status
from tests.visitor import fields

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_once")]

EVERY = {
    "t_req": "abcd",
    "ta_req": "one\ntwo",
    "pw_req": "okapi5190",
    "i_req": "465",
    "i_opt_nodef": "0005",
    "f_req": "2.50",
    "mc_req": "green",
    "ms_req": "a",
}


@pytest.fixture
def visit(alice):
    client = Client()
    client.force_login(alice)
    return client


def words(answer):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def in_tower(tile, job):
    """What the job gets: an answer that was left blank may be Tower's default, said or not."""
    return job_vars(parse(tile.template.questions), job.extra_vars)[0]


def change(name, **how):
    """Tower's survey changes after the order was placed."""
    template = Template.objects.get(name="New_Customer_L2_Setup")
    template.survey = [one | how if one["variable"] == name else one for one in template.survey]
    template.save()


def test_the_form_comes_with_the_same_answers_and_they_can_be_changed(visit, place, tile):
    job = place(_vlan_id="465", _epg_fw="true")

    page = visit.get(f"/tiles/{tile.slug}/?again={job.pk}")
    form = fields(page.content.decode())
    assert (form["a-_tenant_shortname"], form["a-_vlan_id"]) == (["acme"], ["465"])
    assert "a-_epg_fw" in form
    assert "a-_epg_esx" not in form
    answer = visit.post(f"/tiles/{tile.slug}/?again={job.pk}", form | {"a-_vlan_id": "466"})

    assert answer.status_code == 302
    newest = Job.objects.first()
    assert newest.pk != job.pk
    assert in_tower(tile, newest) == in_tower(tile, job) | {"_vlan_id": 466}


def test_every_kind_of_answer_returns_as_it_was_sent(visit, place, make_tile):
    tile = make_tile("Every survey type")
    job = place(of=tile, **EVERY)
    form = fields(visit.get(f"/tiles/{tile.slug}/?again={job.pk}").content.decode())
    assert form["a-pw_req"] in ([""], "")

    visit.post(f"/tiles/{tile.slug}/", form | {"a-pw_req": "kudu4711"})

    assert in_tower(tile, Job.objects.first()) == in_tower(tile, job)


def test_a_password_is_asked_for_again_and_said_so(visit, place, make_tile):
    tile = make_tile("Every survey type")
    job = place(of=tile, **EVERY)

    page = visit.get(f"/tiles/{tile.slug}/?again={job.pk}")

    assert "Type the password again: Password required" in words(page)
    assert b"okapi5190" not in page.content


def test_an_answer_that_no_longer_fits_is_left_out_and_said(visit, place, tile):
    job = place(_vlan_id="465", _vrf_name="blue")
    change("_vlan_id", max=400)
    change("_vrf_name", variable="_renamed", question_name="Routing")

    page = visit.get(f"/tiles/{tile.slug}/?again={job.pk}")

    assert "does not take it any more: VLAN ID, VRF name" in words(page)
    assert fields(page.content.decode())["a-_vlan_id"] in ([""], "")


def test_a_list_that_was_emptied_stays_empty(place, make_tile):
    tile = make_tile("Every survey type")
    form = again.of(tile, place(of=tile, **EVERY)).form

    assert form["ms_opt"].initial is None


def test_only_what_one_may_see_and_order_is_filled_in(visit, place, tile, make_tile):
    job = place()
    other = make_tile("New_Customer_L2_Setup", slug="other")
    stranger = Client()
    stranger.force_login(User.objects.create_user("stranger"))

    assert stranger.get(f"/tiles/{tile.slug}/?again={job.pk}").status_code == 404
    assert visit.get(f"/tiles/{other.slug}/?again={job.pk}").status_code == 404
    tile.published = False
    tile.save()
    assert visit.get(f"/tiles/{tile.slug}/?again={job.pk}").status_code == 404


@pytest.mark.parametrize("number", ["x", "-1", "0", "9" * 30, "1e3", "²"])
def test_a_tampered_number_is_not_found(visit, tile, number):
    assert visit.get(f"/tiles/{tile.slug}/", {"again": number}).status_code == 404


@pytest.mark.parametrize(
    ("status", "row", "page"),
    [
        (Status.SUCCESSFUL, "Order again", "Order again"),
        (Status.FAILED, "Correct…", "Correct and order again"),
        (Status.REFUSED, "Correct…", "Correct and order again"),
        (Status.WITHDRAWN, "Order again", "Order again"),
    ],
)
def test_ended_orders_offer_it_in_the_queue_and_on_their_page(status, row, page, visit, place, tile):
    job = place()
    Job.objects.update(status=status, output_complete=True)
    link = f"/tiles/{tile.slug}/?again={job.pk}"

    queue, own = visit.get("/jobs/").content.decode(), visit.get(job.get_absolute_url()).content.decode()

    assert re.search(rf'href="{re.escape(link)}"\s*>{row}<', queue)
    assert re.search(rf'href="{re.escape(link)}"\s*>{page}<', own)


def test_it_is_not_offered_where_the_tile_cannot_be_ordered_or_the_outcome_is_unknown(visit, place, tile):
    job = place()
    Job.objects.update(status=Status.LOST, output_complete=True)
    assert b"again=" not in visit.get("/jobs/").content

    Job.objects.update(status=Status.FAILED)
    tile.published = False
    tile.save()
    assert b"again=" not in visit.get("/jobs/").content
    assert b"again=" not in visit.get(job.get_absolute_url()).content
