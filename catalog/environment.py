"""The first controller, as TOWER_URL and its companions describe it."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from catalog.models import Controller
from portal.encryption import Undecipherable
from portal.tower.ways import Way
from portal.validation import TOWER_SIGN_IN, tower_sign_in

PASSWORD_ALONE = (Way.BASIC, Way.AUTHTOKEN)


def first_controller() -> Controller | None:
    """The controller of the environment, made or brought up to date; None without TOWER_URL.

    It is known by TOWER_NAME, or by its URL if an operator has renamed it. Stored secrets that no key opens any more
    are replaced. Raises ImproperlyConfigured if what is needed to sign in is missing.
    """
    if not settings.TOWER_URL:
        return None
    secrets = {name: str(getattr(settings, variable)) for name, variable in TOWER_SIGN_IN.items()}
    try:
        way = tower_sign_in(**secrets)
    except ValueError as error:
        raise ImproperlyConfigured(str(error)) from None
    if not way:
        raise ImproperlyConfigured(
            "TOWER_TOKEN (or TOWER_TOKEN_FILE) must be set when TOWER_URL is, or TOWER_USERNAME and TOWER_PASSWORD."
        )
    address = {"url": settings.TOWER_URL.rstrip("/"), "ca_bundle": settings.TOWER_CA_BUNDLE}
    rows = Controller.objects.without_secrets()
    known = rows.filter(name=settings.TOWER_NAME).first() or rows.filter(url=address["url"]).first()
    if known is None:
        known, _ = rows.get_or_create(name=settings.TOWER_NAME, defaults=address | secrets | {"way": way})
    wanted = address | secrets | {"way": _settled(known, Way(way)).value}
    changes = {name: value for name, value in wanted.items() if _stored(known, name) != value}
    if "url" in changes:
        changes |= {"api_base": "", "generation": ""}
    if changes:
        Controller.objects.filter(pk=known.pk).update(**changes)
    return Controller.objects.get(pk=known.pk)


def fit_way(controller: Controller) -> None:
    """User name and password alone mean Basic, or the sign-in of Tower 3.0 to 3.2: its version decides."""
    generation = controller.known_generation
    if generation is None or controller.way not in PASSWORD_ALONE:
        return
    way = Way.AUTHTOKEN if Way.AUTHTOKEN in generation.ways else Way.BASIC
    if way != controller.way:
        Controller.objects.filter(pk=controller.pk).update(way=way.value)
        controller.way = way.value


def _settled(known: Controller, way: Way) -> Way:
    """The way that was found out, where the environment cannot tell."""
    return Way(known.way) if way in PASSWORD_ALONE and known.way in PASSWORD_ALONE else way


def _stored(controller: Controller, name: str) -> str | None:
    try:
        return str(getattr(controller, name))
    except Undecipherable:
        return None
