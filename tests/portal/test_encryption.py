"""Secrets at rest."""

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from catalog.models import Controller
from portal.encryption import Undecipherable, decrypt, encrypt, fingerprint

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def test_what_was_encrypted_is_decrypted():
    assert decrypt(encrypt("Grüße")) == "Grüße"
    assert "Grüße" not in encrypt("Grüße")


def test_the_newest_key_encrypts_and_all_decrypt(settings):
    settings.PORTAL_SECRET_KEYS = [OLD]
    token = encrypt("tower")
    settings.PORTAL_SECRET_KEYS = [NEW, OLD]
    assert decrypt(token) == "tower"
    assert Fernet(NEW).decrypt(encrypt("tower")) == b"tower"


def test_without_its_key_a_value_stays_closed(settings):
    settings.PORTAL_SECRET_KEYS = [OLD]
    token = encrypt("tower")
    settings.PORTAL_SECRET_KEYS = [NEW]
    with pytest.raises(Undecipherable):
        decrypt(token)


def test_a_key_that_is_none_is_named(settings):
    settings.PORTAL_SECRET_KEYS = ["no key"]
    with pytest.raises(ImproperlyConfigured, match="PORTAL_SECRET_KEYS"):
        encrypt("tower")


def test_equal_texts_have_equal_fingerprints_only_under_the_same_key(settings):
    settings.PORTAL_SECRET_KEYS = [OLD]
    first = fingerprint("answers")
    assert first == fingerprint("answers") != fingerprint("other answers")
    settings.PORTAL_SECRET_KEYS = [NEW]
    assert fingerprint("answers") != first


def test_a_new_key_in_front_keeps_fingerprints(settings):
    settings.PORTAL_SECRET_KEYS = [OLD]
    first = fingerprint("answers")
    settings.PORTAL_SECRET_KEYS = [NEW, OLD]
    assert fingerprint("answers") == first


@pytest.mark.django_db
def test_a_column_holds_no_clear_text():
    Controller.objects.create(name="Tower", url="https://tower.example.com", token="s3cret-token")
    with connection.cursor() as cursor:
        cursor.execute("SELECT token FROM catalog_controller")
        (stored,) = cursor.fetchone()
    assert "s3cret-token" not in stored
    assert Controller.objects.get().token == "s3cret-token"


@pytest.mark.django_db
def test_an_empty_text_stays_empty():
    Controller.objects.create(name="Tower", url="https://tower.example.com")
    assert Controller.objects.get().token == ""
