"""The WSGI application: from a path under /api/ to a view, and from what the view says to an answer."""

import time
from collections.abc import Iterable, Mapping
from email.utils import formatdate
from typing import Any

from werkzeug.exceptions import NotFound
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Request, Response
from werkzeug.wsgi import ClosingIterator

from demo.tower import doors, oldshapes, options, routes
from demo.tower.accounts import Account
from demo.tower.answers import (
    Refused,
    as_json,
    browsable,
    forbidden,
    not_allowed,
    not_found_page,
    unauthenticated,
)
from demo.tower.call import Call
from demo.tower.state import Tower

NOBODY = Account(0, "")


class Application:
    """Answers requests for one Tower."""

    def __init__(self, tower: Tower) -> None:
        self.tower = tower

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """The WSGI entry."""
        request, began = Request(environ), time.monotonic()
        response = self.answer(request)
        self._add_headers(response, began)
        return ClosingIterator(response(environ, start_response))

    def answer(self, request: Request) -> Response:
        """The answer to a request."""
        if signed_in := doors.answer(self.tower, request):
            return signed_in
        for base in sorted(self.tower.bases, key=len, reverse=True):
            if request.path == f"{base}/":
                return self._serve(request, base, "/api/", {})
            api = f"{base}/{self.tower.generation.api}"
            if request.path == api or request.path.startswith(f"{api}/"):
                return self._below_version(request, base, request.path.removeprefix(api))
        return doors.elsewhere(request) if self.tower.generation.has_gateway else not_found_page()

    def _below_version(self, request: Request, base: str, path: str) -> Response:
        """A path below v2 or v1. Without its last slash it is redirected, except below resources with named URLs."""
        if not path.endswith("/"):
            steps = path.split("/")
            if len(steps) < 3 or steps[1] not in routes.NAMED:
                return self._with_slash(request, path)
            path += "/"
        try:
            endpoint, values = routes.URLS.bind("").match(path)
        except (NotFound, RequestRedirect):
            return not_found_page()
        return self._serve(request, base, endpoint, values)

    def _with_slash(self, request: Request, path: str) -> Response:
        try:
            routes.URLS.bind("").match(f"{path}/")
        except (NotFound, RequestRedirect):
            return not_found_page()
        query = request.query_string.decode()
        location = f"{request.path}/" + (f"?{query}" if query else "")
        answer = Response(status=301, content_type="text/html; charset=utf-8", headers={"Location": location})
        answer.autocorrect_location_header = False
        return answer

    def _serve(self, request: Request, base: str, path: str, values: Mapping[str, Any]) -> Response:
        anyone = path in routes.ANYONE
        who, scope = (None, "") if anyone else self._authenticate(request)
        call = Call(self.tower, request, base, who or NOBODY, scope)
        try:
            answer = self._view(call, path, values)
        except Refused as refused:
            shape = browsable if _wants_page(request) else as_json
            answer = shape(refused.body, refused.status, refused.headers)
        answer.headers["Allow"] = ", ".join(routes.allowed(path))
        answer.headers["Vary"] = "Accept, Accept-Language, origin"
        if who is not None:
            answer.headers["X-API-Product-Version"] = self.tower.generation.version
        if not answer.get_data() and "Content-Type" in answer.headers:
            del answer.headers["Content-Type"]
        return answer

    def _view(self, call: Call, path: str, values: Mapping[str, Any]) -> Response:
        method = "GET" if call.request.method == "HEAD" else call.request.method
        views = routes.TABLE[path]
        if path not in routes.ANYONE and call.who is NOBODY:
            raise unauthenticated()
        if method == "OPTIONS":
            return as_json(options.describe(call, values))
        if method in routes.ELSEWHERE.get(path, ()) and not call.who.superuser:
            raise forbidden()
        if method not in views:
            raise not_allowed(method)
        if method != "GET" and not call.may_write:
            raise forbidden()
        oldshapes.demand(call, path)
        found = views[method](call, **values)
        if isinstance(found, Response):
            return found
        return browsable(found, 200) if _wants_page(call.request) else as_json(found)

    def _authenticate(self, request: Request) -> tuple[Account | None, str]:
        proof = request.authorization
        if proof is None or proof.type not in self.tower.generation.schemes:
            return None, ""
        found = self.tower.accounts.authenticate(proof)
        if found[0] and proof.type == "token" and proof.token:
            self.tower.grants.slide(*self.tower.accounts.record_of(proof.token))
        return found

    def _add_headers(self, response: Response, began: float) -> None:
        took = f"{time.monotonic() - began:.3f}s"
        response.headers.setdefault("Date", formatdate(usegmt=True))
        for name, value in (("Node", "awx-local"), ("Time", took), ("Total-Time", took)):
            response.headers[f"X-API-{name}"] = value
        if product := self.tower.generation.product:
            response.headers["X-API-Product-Name"] = product


def _wants_page(request: Request) -> bool:
    """Whether the browsable page is asked for: by format, or by an Accept that names HTML and not JSON."""
    wanted = request.args.get("format")
    if wanted:
        return wanted == "api"
    best = request.accept_mimetypes.best_match(["application/json", "text/html"], default="application/json")
    return best == "text/html"
