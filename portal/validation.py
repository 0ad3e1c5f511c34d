"""What values a setting may have. Each raises environs' ValidationError, with words that do not repeat the value."""

from collections.abc import Sequence
from zoneinfo import available_timezones

import dj_database_url
from cryptography.fernet import Fernet
from environs import ValidationError, validate

from portal.tower.addresses import trouble_with
from portal.tower.ways import NEEDED, Way

positive = validate.Range(min=0, min_inclusive=False)
log_level = validate.OneOf(["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"])

TOWER_SIGN_IN = {
    "token": "TOWER_TOKEN",
    "username": "TOWER_USERNAME",
    "password": "TOWER_PASSWORD",
    "client_id": "TOWER_CLIENT_ID",
    "client_secret": "TOWER_CLIENT_SECRET",
}


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


def tower_sign_in(**given: str) -> str:
    """The way to sign in that the variables make, by the fields of TOWER_SIGN_IN; empty if none is set.

    User name and password alone are Basic, until Tower's version says that it wants them otherwise. Raises ValueError.
    """
    names = {field for field, value in given.items() if value}
    if not names:
        return ""
    if "token" in names and len(names) > 1:
        others = ", ".join(TOWER_SIGN_IN[field] for field in TOWER_SIGN_IN if field in names - {"token"})
        raise ValueError(f"TOWER_TOKEN is one way to sign in and {others} another: set only one of them")
    oauth2 = names & {"client_id", "client_secret"}
    way = Way.TOKEN if "token" in names else Way.OAUTH2 if oauth2 else Way.BASIC
    lacking = [TOWER_SIGN_IN[field] for field in NEEDED[way] if field not in names]
    if lacking:
        there = ", ".join(TOWER_SIGN_IN[field] for field in TOWER_SIGN_IN if field in names)
        raise ValueError(f"{there} must come with {', '.join(lacking)}")
    return way.value
