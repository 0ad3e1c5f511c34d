"""Text that is encrypted at rest.

`EncryptedTextField` stores a Fernet token. `PORTAL_SECRET_KEYS` lists the keys, newest first: the first one encrypts,
all of them decrypt, so a key is rotated by putting a new one in front.
"""

import hashlib
import hmac
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


class Undecipherable(Exception):
    """None of the keys in PORTAL_SECRET_KEYS opens what is stored."""


@lru_cache(maxsize=8)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError as error:
        raise ImproperlyConfigured(
            "PORTAL_SECRET_KEYS must list Fernet keys; make one with: manage.py make_key"
        ) from error


def encrypt(text: str) -> str:
    return _box(tuple(settings.PORTAL_SECRET_KEYS)).encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """The clear text. Raises Undecipherable."""
    try:
        return _box(tuple(settings.PORTAL_SECRET_KEYS)).decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise Undecipherable("No key in PORTAL_SECRET_KEYS opens this value.") from error


def fingerprint(text: str) -> str:
    """A keyed SHA-256 (64 hex digits): equal texts have equal fingerprints, which tell nothing without the key."""
    return hmac.new(settings.PORTAL_SECRET_KEYS[-1].encode(), text.encode(), hashlib.sha256).hexdigest()


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]  # not generic at run time
    """A text column whose content is a Fernet token; empty text is stored as such. It cannot be searched."""

    def get_prep_value(self, value: Any) -> Any:
        return encrypt(value) if value else value

    def from_db_value(self, value: str | None, expression: object, connection: BaseDatabaseWrapper) -> str | None:
        return decrypt(value) if value else value
