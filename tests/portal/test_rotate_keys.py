"""`manage.py rotate_keys`"""

import io
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection

from catalog.models import Controller
from jobs.models import KeptSecret

pytestmark = pytest.mark.django_db
OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.fixture
def stored(settings) -> tuple[Controller, KeptSecret]:
    """A token and a password, encrypted with the old key."""
    settings.PORTAL_SECRET_KEYS = [OLD]
    controller = Controller.objects.create(name="Tower", url="https://tower.example.com", token="the token")
    person = User.objects.create_user("alice")
    kept = KeptSecret.objects.create(form_key=uuid4(), person=person, variable="psk", value="the password")
    return controller, kept


def rotate() -> str:
    out = io.StringIO()
    call_command("rotate_keys", stdout=out)
    return out.getvalue()


def test_afterwards_the_old_key_is_no_longer_needed(stored, settings):
    settings.PORTAL_SECRET_KEYS = [NEW, OLD]

    assert "Encrypted 2 secrets" in rotate()

    settings.PORTAL_SECRET_KEYS = [NEW]
    assert Controller.objects.get().token == "the token"
    assert KeptSecret.objects.get().value == "the password"


def test_nothing_is_stored_in_clear(stored, settings):
    settings.PORTAL_SECRET_KEYS = [NEW, OLD]
    rotate()

    with connection.cursor() as cursor:
        cursor.execute("SELECT token FROM catalog_controller")
        [token] = cursor.fetchone()

    assert "the token" not in token
    assert Fernet(NEW).decrypt(token.encode()) == b"the token"


def test_an_empty_secret_stays_empty(settings):
    settings.PORTAL_SECRET_KEYS = [NEW]
    Controller.objects.create(name="Without", url="https://tower.example.com")

    assert "Encrypted 0 secrets" in rotate()
    assert Controller.objects.get().token == ""


def test_what_no_key_opens_is_named_and_the_rest_is_done(stored, settings):
    settings.PORTAL_SECRET_KEYS = [NEW]
    Controller.objects.create(name="Second", url="https://second.example.com", token="another")

    with pytest.raises(CommandError, match=r"No key .* opens: catalog\.Controller \d+, jobs\.KeptSecret \d+"):
        rotate()
