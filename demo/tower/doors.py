"""Where one signs in, outside of the API proper: the OAuth2 token endpoint, authtoken, and what a gateway says."""

from urllib.parse import unquote_plus

from werkzeug.wrappers import Request, Response

from demo.tower import bodies
from demo.tower.answers import Refused, as_json, not_allowed, page
from demo.tower.state import Tower

AUTHTOKEN = "/api/v1/authtoken/"
WRONG = "Unable to log in with provided credentials."


def answer(tower: Tower, request: Request) -> Response | None:
    """The answer if the path is such a door; None for all other paths."""
    if request.path in tower.generation.token_paths:
        return _only_post(request) or _grant(tower, request)
    if tower.generation.is_old and request.path == AUTHTOKEN:
        return _only_post(request) or _authtoken(tower, request)
    return None


def elsewhere(request: Request) -> Response:
    """What AAP's gateway says at paths that are not the controller's: its own 401 below /api/, its pages otherwise."""
    if request.path == "/api/":
        apis = {name: f"/api/{name}/" for name in ("gateway", "controller")}
        return as_json({"description": "AAP gateway REST API", "apis": apis})
    if request.path.startswith("/api/"):
        return as_json({"detail": "Authentication credentials were not provided."}, 401)
    return page(200, "Ansible Automation Platform", "Log in")


def _only_post(request: Request) -> Response | None:
    if request.method == "POST":
        return None
    refused = not_allowed(request.method)
    return as_json(refused.body, refused.status, {"Allow": "POST, OPTIONS"})


def _grant(tower: Tower, request: Request) -> Response:
    """RFC 6749: the form in the body, the application's id and secret by Basic."""
    form = request.form
    if not _is_application(tower, request):
        return as_json({"error": "invalid_client"}, 401)
    kind = form.get("grant_type", "")
    if kind == "password":
        made = tower.grants.by_password(form.get("username", ""), form.get("password", ""), form.get("scope", "read"))
    elif kind == "refresh_token":
        made = tower.grants.by_refresh(form.get("refresh_token", ""))
    else:
        return as_json({"error": "unsupported_grant_type"}, 400)
    if made is None:
        return as_json({"error": "invalid_grant", "error_description": "Invalid credentials given."}, 400)
    return as_json(made, 200, {"Cache-Control": "no-store", "Pragma": "no-cache"})


def _is_application(tower: Tower, request: Request) -> bool:
    proof = request.authorization
    if proof is None or proof.type != "basic":
        return False
    return tower.grants.knows(unquote_plus(proof.username or ""), unquote_plus(proof.password or ""))


def _authtoken(tower: Tower, request: Request) -> Response:
    try:
        body = bodies.read(request)
    except Refused as refused:
        return as_json(refused.body, refused.status)
    made = tower.grants.authtoken(str(body.get("username", "")), str(body.get("password", "")))
    return as_json(made) if made else as_json({"non_field_errors": [WRONG]}, 400)
