"""Passwords are encrypted at rest, masked in what Tower returns, and deleted when no longer needed."""

import json
from urllib.parse import quote

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from jobs import secrets
from jobs.models import Job, JobSecret, KeptSecret, Status

from .looking import tighten

SECRET = 's3cr3t "quoted" & <ümlaut>'


@pytest.mark.parametrize(
    "spelled",
    [SECRET, json.dumps(SECRET), json.dumps(SECRET, ensure_ascii=False), quote(SECRET), repr(SECRET)],
    ids=["raw", "json", "json unicode", "url", "repr"],
)
def test_a_secret_is_masked_however_a_text_spells_it(spelled):
    masked = secrets.mask(f"Value {spelled} is too long", [SECRET])

    assert "s3cr3t" not in masked
    assert masked.startswith("Value ")
    assert masked.endswith(" is too long")


def test_masking_reaches_every_depth_of_json():
    found = secrets.mask({"a": [{"hunter22": "x hunter22 y"}], "n": 5}, ["hunter22"])

    assert "hunter22" not in json.dumps(found)
    assert found["n"] == 5


def test_a_very_short_secret_is_masked_alone_and_not_within_words():
    assert secrets.mask("'pw' value ab is too small; table stays", ["ab"]) == (
        f"'pw' value {secrets.MASK} is too small; table stays"
    )


def test_towers_own_marker_is_not_a_secret():
    assert secrets.mask("$encrypted$", ["$encrypted$", ""]) == "$encrypted$"


@given(st.text(min_size=3, max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_no_text_keeps_a_secret(secret, before, after):
    masked = secrets.mask(before + secret + after, [secret])

    assert secret not in masked.replace(secrets.MASK, "\x00")


@pytest.mark.django_db(transaction=True)
class TestOrders:
    def test_a_password_is_stored_encrypted_and_apart_from_the_answers(self, make_tile, place):
        tile = make_tile("Every survey type")
        job = place(
            of=tile, t_req="abc", ta_req="x", pw_req="hunter22", i_req="5", f_req="1.5", mc_req="red", ms_req="a"
        )

        with connection.cursor() as cursor:
            cursor.execute("SELECT value FROM jobs_jobsecret")
            (stored,) = cursor.fetchone()
        job = Job.objects.get(pk=job.pk)
        assert "hunter22" not in stored
        assert secrets.reveal(job) == {"pw_req": "hunter22"}
        assert "hunter22" not in json.dumps([job.answers, job.extra_vars])

    def test_it_reaches_tower_and_is_gone_when_the_job_has_ended(self, make_tile, place, tower, work):
        tile = make_tile("Every survey type")
        job = place(
            of=tile, t_req="abc", ta_req="x", pw_req="hunter22", i_req="5", f_req="1.5", mc_req="red", ms_req="a"
        )
        work()
        (build,) = tower.jobs
        assert build["extra_vars"]["pw_req"] == "hunter22"

        tower.start(build["id"])
        tower.finish(build["id"], stdout="the password is hunter22\n", artifacts={"said": "hunter22"})
        work(2)

        job = Job.objects.get(pk=job.pk)
        assert job.status == Status.SUCCESSFUL
        assert not JobSecret.objects.exists()
        everything = json.dumps([job.artifacts, job.tower_extra_vars, [piece.text for piece in job.output.all()]])
        assert "hunter22" not in everything
        assert secrets.MASK in json.loads(everything)[2][0]

    def test_a_refusal_that_repeats_it_is_masked_and_the_secret_deleted(self, make_tile, place, tower, work):
        tile = make_tile("Every survey type")
        job = place(
            of=tile, t_req="abc", ta_req="x", pw_req="hunter22", i_req="5", f_req="1.5", mc_req="red", ms_req="a"
        )
        tighten(tower, "Every survey type", "pw_req", max=5)

        work()

        job = Job.objects.get(pk=job.pk)
        assert job.status == Status.REFUSED
        assert secrets.MASK in job.explanation
        assert "hunter22" not in job.explanation
        assert not JobSecret.objects.exists()

    def test_what_was_typed_into_a_form_that_was_never_sent_is_deleted(self, alice):
        from uuid import uuid4

        key = uuid4()
        secrets.keep(key, alice, {"pw": "hunter22"})
        assert secrets.kept(key, alice) == {"pw": "hunter22"}

        KeptSecret.objects.update(kept_at="2020-01-01T00:00:00Z")

        assert secrets.kept(key, alice) == {}
        assert secrets.drop_stale() == 1
