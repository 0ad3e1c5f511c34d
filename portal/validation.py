"""What values a setting may have. Each raises environs' ValidationError, with words that do not repeat the value."""

from collections.abc import Sequence
from zoneinfo import available_timezones

import dj_database_url
from cryptography.fernet import Fernet
from environs import ValidationError, validate

from portal.tower.addresses import trouble_with

positive = validate.Range(min=0, min_inclusive=False)
log_level = validate.OneOf(["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"])


def fernet_keys(keys: Sequence[str]) -> None:
    if not keys:
        raise ValidationError("at least one key is needed; make one with: manage.py make_key")
    for key in keys:
        try:
            Fernet(key)
        except ValueError:
            raise ValidationError("not a Fernet key; make one with: manage.py make_key") from None


def tower_url(url: str) -> None:
    if url and (trouble := trouble_with(url)):
        raise ValidationError(trouble)


def database_url(url: str) -> None:
    try:
        dj_database_url.parse(url)
    except ValueError:
        raise ValidationError("must be such as postgresql://name:password@host/database or sqlite:////path") from None


def time_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError("must be a name such as Europe/Berlin")
