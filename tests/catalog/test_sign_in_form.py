"""Choosing in the administration pages how to sign in to a Tower."""

import pytest
from django.urls import reverse

from catalog.models import Controller

pytestmark = pytest.mark.django_db
ADD = "admin:catalog_controller_add"
SECRETS = {"new_token": "t0ken", "new_password": "p4ssword", "new_client_secret": "s3cret"}
GIVEN = {"name": "Tower", "url": "https://tower.example.com", "username": "svc", "client_id": "app"} | SECRETS
KEPT = {
    "token": ("t0ken", "", "", "", ""),
    "oauth2": ("", "svc", "p4ssword", "app", "s3cret"),
    "basic": ("", "svc", "p4ssword", "", ""),
    "authtoken": ("", "svc", "p4ssword", "", ""),
}


def stored():
    found = Controller.objects.get()
    return found.token, found.username, found.password, found.client_id, found.client_secret


def change(operator, **data):
    url = reverse("admin:catalog_controller_change", args=[Controller.objects.get().pk])
    return operator.post(url, {"name": "Tower", "url": "https://tower.example.com"} | data)


@pytest.mark.parametrize("way", KEPT)
def test_what_belongs_to_a_way_is_stored_and_nothing_else(operator, way):
    operator.post(reverse(ADD), GIVEN | {"way": way})
    assert Controller.objects.get().way == way
    assert stored() == KEPT[way]


@pytest.mark.parametrize(
    ("way", "needed"),
    [
        ("token", ["new_token"]),
        ("oauth2", ["username", "new_password", "client_id"]),
        ("basic", ["username", "new_password"]),
        ("authtoken", ["username", "new_password"]),
    ],
)
def test_what_a_way_needs_is_asked_for(operator, way, needed):
    response = operator.post(reverse(ADD), {"name": "Tower", "url": "https://tower.example.com", "way": way})
    assert list(response.context["adminform"].form.errors) == needed
    assert not Controller.objects.exists()


def test_a_public_application_has_no_client_secret(operator):
    operator.post(reverse(ADD), GIVEN | {"way": "oauth2", "new_client_secret": ""})
    assert stored() == ("", "svc", "p4ssword", "app", "")


def test_secrets_left_blank_stay_while_the_way_stays(operator):
    operator.post(reverse(ADD), GIVEN | {"way": "oauth2"})
    change(operator, way="oauth2", username="svc-2", client_id="app")
    assert stored() == ("", "svc-2", "p4ssword", "app", "s3cret")


def test_another_way_empties_what_it_does_not_need(operator):
    operator.post(reverse(ADD), GIVEN | {"way": "oauth2"})
    change(operator, way="token", new_token="t0ken")
    assert stored() == ("t0ken", "", "", "", "")


def test_the_form_tells_which_fields_belong_to_which_way_and_shows_no_secret(operator):
    operator.post(reverse(ADD), GIVEN | {"way": "oauth2"})
    page = operator.get(reverse("admin:catalog_controller_change", args=[Controller.objects.get().pk])).content.decode()
    assert "made at the gateway" in page
    assert "<td>user name, password, client id, client secret</td>" in page
    assert "For an OAuth2 application" in page
    for secret in SECRETS.values():
        assert secret not in page


def test_nothing_typed_is_shown_again_after_a_mistake(operator):
    page = operator.post(reverse(ADD), GIVEN | {"way": "oauth2", "name": ""}).content.decode()
    for secret in SECRETS.values():
        assert secret not in page
