"""What every template may use."""

from django.conf import settings
from django.http import HttpRequest


def portal(request: HttpRequest) -> dict[str, str]:
    return {"portal_name": settings.PORTAL_NAME, "portal_help_url": settings.PORTAL_HELP_URL}
