"""Sign in and out, change the password; everything else asks to sign in first."""

import pytest
from django.contrib.auth.models import User
from django.test import Client, override_settings

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice():
    return User.objects.create_user("alice", password="a long password of hers")


@pytest.mark.parametrize(
    "address", ["/", "/tiles/any/", "/jobs/", "/jobs/1/", "/jobs/1/output/", "/accounts/password/"]
)
def test_every_page_asks_to_sign_in_first(address):
    answer = Client().get(address)

    assert answer.status_code == 302
    assert answer["Location"] == f"/accounts/login/?next={address}"


def test_signing_in_leads_where_the_person_wanted_to_go(alice):
    client = Client()
    answer = client.post(
        "/accounts/login/?next=/jobs/", {"username": "alice", "password": "a long password of hers", "next": "/jobs/"}
    )

    assert answer["Location"] == "/jobs/"


def test_signing_in_never_leads_to_another_site(alice):
    credentials = {"username": "alice", "password": "a long password of hers", "next": "https://evil.example/"}

    assert Client().post("/accounts/login/", credentials)["Location"] == "/"


def test_a_wrong_password_is_told_and_the_name_kept(alice):
    answer = Client().post("/accounts/login/", {"username": "alice", "password": "wrong"})

    text = answer.content.decode()
    assert answer.status_code == 200
    assert 'value="alice"' in text
    assert "wrong" not in text.replace("was wrong", "").replace("is wrong", "")


def test_signing_out_is_a_deliberate_click(alice):
    client = Client()
    client.force_login(alice)

    assert client.get("/accounts/logout/").status_code == 405
    assert client.post("/accounts/logout/")["Location"] == "/accounts/login/"
    assert client.get("/").status_code == 302


def test_the_password_can_be_changed(alice):
    client = Client()
    client.force_login(alice)
    new = "quite another one 4711"
    answer = client.post(
        "/accounts/password/",
        {"old_password": "a long password of hers", "new_password1": new, "new_password2": new},
    )

    assert answer["Location"] == "/accounts/password/done/"
    alice.refresh_from_db()
    assert alice.check_password(new)


def test_a_password_that_is_too_simple_is_refused_with_a_reason(alice):
    client = Client()
    client.force_login(alice)
    answer = client.post(
        "/accounts/password/",
        {"old_password": "a long password of hers", "new_password1": "short", "new_password2": "short"},
    )

    assert "at least 10 characters" in answer.content.decode()


@override_settings(PORTAL_NAME="Network Shop")
def test_the_portals_name_is_a_setting():
    assert "Network Shop" in Client().get("/accounts/login/").content.decode()


def test_the_admin_uses_the_same_sign_in_page():
    assert Client().get("/admin/", follow=True).redirect_chain[-1][0].startswith("/accounts/login/")
