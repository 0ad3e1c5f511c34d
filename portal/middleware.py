"""What must hold for every answer."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails


class SignInAgainMiddleware:
    """When the session has ended, a poll leads the whole page to the sign-in page, never a form into a row."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]
        if htmx and response.status_code == 302 and not request.user.is_authenticated:
            sign_in = resolve_url(settings.LOGIN_URL)
            if response["Location"].startswith(sign_in):
                page = htmx.current_url_abs_path or "/"
                return HttpResponseClientRedirect(f"{sign_in}?{urlencode({'next': page}, safe='/')}")
        return response
