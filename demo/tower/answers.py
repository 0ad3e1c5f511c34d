"""Answers as Tower gives them: JSON, its HTML pages, and the refusals with their recorded texts."""

import json
from html import escape
from typing import Any

from werkzeug.wrappers import Response

NO_PERMISSION = "You do not have permission to perform this action."
NO_CREDENTIALS = (
    "Authentication credentials were not provided. To establish a login session, visit /api/login/."  # both, always
)
WRONG_TYPE = (
    "You did not use correct Content-Type in your HTTP request. If you are using our REST API, "
    "the Content-Type must be application/json"
)
PAGE = """
<!doctype html>
<html lang="en">
<head>
  <title>{title}</title>
</head>
<body>
  <h1>{title}</h1><p>{text}</p>
</body>
</html>
"""


class Refused(Exception):
    """A view's way to answer with anything but success."""

    def __init__(self, status: int, body: Any, *, code: str = "invalid", headers: dict[str, str] | None = None) -> None:
        super().__init__(status)
        self.status, self.body, self.code, self.headers = status, body, code, headers or {}


def forbidden() -> Refused:
    """403: no role, or a read-scope token."""
    return Refused(403, {"detail": NO_PERMISSION}, code="permission_denied")


def unauthenticated() -> Refused:
    """401: a missing, a wrong and a revoked proof all read the same."""
    challenge = {"WWW-Authenticate": "Bearer realm=api authorization_url=/api/o/authorize/"}
    return Refused(401, {"detail": NO_CREDENTIALS}, code="not_authenticated", headers=challenge)


def missing(model: str) -> Refused:
    """404 for an object."""
    return Refused(404, {"detail": f"No {model} matches the given query."}, code="not_found")


def not_allowed(method: str) -> Refused:
    """405."""
    return Refused(405, {"detail": f'Method "{method}" not allowed.'}, code="method_not_allowed")


def as_json(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer."""
    return Response(json.dumps(body, ensure_ascii=False), status, headers, content_type="application/json")


def page(status: int, title: str, text: str) -> Response:
    """One of Django's plain error pages."""
    return Response(PAGE.format(title=title, text=text), status, content_type="text/html; charset=utf-8")


def not_found_page() -> Response:
    """404 for a path that does not exist."""
    return page(404, "Not Found", "The requested resource was not found on this server.")


def server_error_page() -> Response:
    """500 as Django's own page."""
    return page(500, "Server Error (500)", "")


def browsable(body: Any, status: int, headers: dict[str, str] | None = None) -> Response:
    """The browsable page: what a client gets that asks for HTML, or for a format that does not exist."""
    text = escape(json.dumps(body, indent=4))
    html = f"<!DOCTYPE html>\n<html><head><title>AWX REST API</title></head><body><pre>{text}</pre></body></html>\n"
    return Response(html, status, headers, content_type="text/html; charset=utf-8")
