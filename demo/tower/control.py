"""The fault switches over HTTP, for whoever knows the secret made at the first start.

The header is X-Fault-Secret. POST /demo/faults/ {"kind", "on", "times", …} asks for trouble, POST /demo/hang/ hangs,
DELETE /demo/faults/ ends both; POST /demo/away/ {"seconds"} stops listening for so long.
"""

import hmac
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.wrappers import Request, Response

from demo.tower import bodies
from demo.tower.answers import Refused, as_json, forbidden, not_found_page
from demo.tower.faults import Faults


class Control:
    """Stands before the faults, so that trouble can always be ended."""

    def __init__(self, faults: Faults, secret: str, go_away: Callable[[float], None]) -> None:
        self._faults, self._secret, self._go_away = faults, secret, go_away

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """The WSGI entry."""
        if not environ["PATH_INFO"].startswith("/demo/"):
            return self._faults(environ, start_response)
        try:
            answer = self._switch(Request(environ))
        except Refused as refused:
            answer = as_json(refused.body, refused.status)
        return answer(environ, start_response)

    def _switch(self, request: Request) -> Response:
        if not hmac.compare_digest(request.headers.get("X-Fault-Secret", "").encode(), self._secret.encode()):
            raise forbidden()
        wish = request.method, request.path
        if wish == ("POST", "/demo/faults/"):
            try:
                self._faults.add(**bodies.read(request))
            except (TypeError, ValueError) as error:
                raise Refused(400, {"detail": str(error)}) from None
        elif wish == ("DELETE", "/demo/faults/"):
            self._faults.clear()
        elif wish == ("POST", "/demo/hang/"):
            self._faults.hang()
        elif wish == ("POST", "/demo/away/"):
            self._go_away(float(bodies.read(request).get("seconds", 5)))
        else:
            return not_found_page()
        return Response(status=204)
