"""Trouble on request: what a Tower behind a proxy does on its bad days, for tests."""

import contextlib
import select
import socket
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from werkzeug.test import run_wsgi_app
from werkzeug.wrappers import Request, Response

from demo.tower.answers import as_json, page, server_error_page
from demo.tower.app import Application
from demo.tower.server import DropConnectionError

KINDS = frozenset({"drop_after", "drop_before", "error_after", "error_before", "delay", "bad_gateway", "html",
                   "throttle", "redirect", "unreadable", "refuse_echo"})  # fmt: skip


@dataclass
class Fault:
    """One kind of trouble, for the next `times` matching requests (0: until cleared).

    `on` is "launch", "any", or the beginning of a path, with or without /api/v2.
    """

    kind: str
    on: str = "launch"
    times: int = 1
    options: dict[str, Any] = field(default_factory=dict)
    used: int = 0

    def concerns(self, request: Request) -> bool:
        """Whether it strikes this request."""
        path = request.path
        if self.on == "launch":
            return request.method == "POST" and path.rstrip("/").endswith("/launch")
        if self.on == "any":
            return True
        short = path.removeprefix("/api/controller").removeprefix("/api").removeprefix("/v2").removeprefix("/v1")
        return path.startswith(self.on) or short.startswith(self.on)


class Faults:
    """Stands between the server and the application."""

    def __init__(self, app: Application) -> None:
        self._app = app
        self._turn = threading.Condition()
        self._hanging = self._forgets = False
        self._era = self._active = 0
        self.faults: list[Fault] = []

    def add(self, kind: str, on: str = "launch", times: int = 1, **options: Any) -> Fault:
        """Ask for trouble. Raises ValueError for an unknown kind."""
        if kind not in KINDS:
            raise ValueError(f"There is no fault {kind!r}; there are {', '.join(sorted(KINDS))}.")
        fault = Fault(kind, on, times, options)
        with self._turn:
            self.faults.append(fault)
        return fault

    def clear(self) -> None:
        """No more trouble; whoever hangs goes on."""
        with self._turn:
            self.faults.clear()
        self.wake()

    def hang(self, *, forget: bool = False) -> None:
        """Accept connections and answer none. `forget`: drop requests whose client has gone, instead of acting late."""
        with self._turn:
            self._hanging, self._forgets = True, forget

    def wake(self) -> None:
        """Go on with all that waits. A real Tower acts on it even if the client has gone."""
        with self._turn:
            self._hanging = False
            self._turn.notify_all()

    def drop_held(self) -> None:
        """Close the connections that hang or are delayed, without acting: what waits in a process that ends."""
        with self._turn:
            self._era += 1
            self._turn.notify_all()

    def settle(self) -> None:
        """End all trouble, drop what waits, and let what acts come to its end (5 s at most)."""
        self.drop_held()
        self.clear()
        with self._turn:
            self._turn.wait_for(lambda: self._active == 0, timeout=5)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """The WSGI entry."""
        with self._turn:
            self._active += 1
        try:
            self._wait_while_hanging(environ)
            request = Request(environ)
            fault = self._next(request)
            answer = self._act(request) if fault is None else self._strike(fault, request)
            return answer(environ, start_response)
        finally:
            with self._turn:
                self._active -= 1
                self._turn.notify_all()

    def _wait_while_hanging(self, environ: dict[str, Any]) -> None:
        with self._turn:
            if not self._hanging:
                return
            era = self._era
            self._turn.wait_for(lambda: not self._hanging or self._era != era)
            dropped = self._era != era
        if dropped or (self._forgets and _gone(environ.get("demo.connection"))):
            raise DropConnectionError

    def _delay(self, seconds: float) -> None:
        with self._turn:
            era = self._era
            if self._turn.wait_for(lambda: self._era != era, timeout=seconds):
                raise DropConnectionError

    def _next(self, request: Request) -> Fault | None:
        with self._turn:
            for fault in self.faults:
                if fault.concerns(request) and (not fault.times or fault.used < fault.times):
                    fault.used += 1
                    return fault
        return None

    def _act(self, request: Request) -> Response:
        chunks, status, headers = run_wsgi_app(self._app, request.environ, buffered=True)
        return Response(b"".join(chunks), status, headers)

    def _strike(self, fault: Fault, request: Request) -> Response:
        kind, options = fault.kind, fault.options
        if kind == "delay":
            self._delay(float(options.get("seconds", 1)))
            return self._act(request)
        if kind in ("drop_after", "error_after", "unreadable"):
            acted = self._act(request)
            if kind == "drop_after":
                raise DropConnectionError
            return server_error_page() if kind == "error_after" else _cut(acted)
        if kind == "drop_before":
            raise DropConnectionError
        return _instead(kind, options, request)


def _instead(kind: str, options: dict[str, Any], request: Request) -> Response:
    """The answers that come without Tower having acted."""
    if kind == "bad_gateway":
        return page(int(options.get("status", 502)), "502 Bad Gateway", "nginx")
    if kind == "throttle":
        answer = page(429, "429 Too Many Requests", "nginx")
        if options.get("retry_after") is not None:
            answer.headers["Retry-After"] = str(options["retry_after"])
        return answer
    if kind == "redirect":
        return Response(status=302, headers={"Location": "/migrations_notran/"}, content_type="text/html")
    if kind == "refuse_echo":
        values = (request.get_json(force=True, silent=True) or {}).get("extra_vars") or {}
        text = [f"Value {value} for '{name}' expected to be one of []." for name, value in values.items()]
        return as_json({"variables_needed_to_start": text}, 400)
    if kind == "html":
        return page(200, "Under maintenance", "Please come back later.")
    return server_error_page()


def _cut(acted: Response) -> Response:
    """The first half of an answer, as if all of it."""
    text = acted.get_data()
    return Response(text[: len(text) // 2], acted.status, content_type="application/json")


def _gone(connection: socket.socket | None) -> bool:
    """Whether the client has closed its side."""
    if connection is None:
        return False
    with contextlib.suppress(OSError):
        readable, _, _ = select.select([connection], [], [], 0)
        return bool(readable) and connection.recv(1, socket.MSG_PEEK) == b""
    return True
