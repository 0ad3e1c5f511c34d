"""The HTTP server: loopback only, HTTP/1.1 with connections that stay open, and able to go away and come back."""

import contextlib
import ipaddress
import socket
import sys
import threading
from collections.abc import Callable
from email.utils import formatdate
from io import BytesIO
from typing import Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.test import run_wsgi_app

Application = Callable[..., Any]


class DropConnectionError(Exception):
    """Raised by the application to close the connection without an answer."""


class Handler(WSGIRequestHandler):
    """Reads whole requests and writes whole answers, so that a connection can serve many."""

    server: "_Server"

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 120  # seconds an idle connection may stay

    def setup(self) -> None:
        """Take the connection into the server's list."""
        super().setup()
        self.server.connections.add(self.connection)

    def finish(self) -> None:
        """Let go of it."""
        self.server.connections.discard(self.connection)
        with contextlib.suppress(OSError):
            super().finish()

    def run_wsgi(self) -> None:
        """Serve one request of the connection."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        environ = self.make_environ()
        environ["wsgi.input"] = BytesIO(body)
        environ["demo.connection"] = self.connection
        try:
            chunks, status, headers = run_wsgi_app(self.server.app, environ, buffered=True)
        except DropConnectionError:
            self.close_connection = True
            with contextlib.suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
            return
        text = b"" if self.command == "HEAD" else b"".join(chunks)
        head = [f"HTTP/1.1 {status}", "Server: nginx"]
        head += [f"{name}: {value}" for name, value in headers if name.lower() != "content-length"]
        if "Date" not in headers:
            head.append(f"Date: {formatdate(usegmt=True)}")
        if not status.startswith(("204", "304")):
            head.append(f"Content-Length: {len(text)}")
        self.wfile.write("\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + text)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """A line for each request: method and path, never a body or a header."""
        if self.server.talks:
            print(f"{formatdate(localtime=True)} {self.command} {self.path}", file=sys.stderr)

    def log_error(self, format: str, *args: Any) -> None:  # noqa: A002  the base class's name
        """Idle connections that time out are nothing to speak of."""


class _Server(ThreadedWSGIServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, listener: socket.socket, app: Application, *, talks: bool) -> None:
        self.connections: set[socket.socket] = set()
        self.talks = talks
        host, port = listener.getsockname()[:2]
        super().__init__(host, port, app, handler=Handler, fd=listener.fileno())

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is no news; anything else goes to stderr."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002  the base class's name
        """Werkzeug's own lines, to stderr."""
        if self.talks:
            print(message % args, file=sys.stderr)


class Server:
    """Listens in a thread of its own. Port 0 takes a free one, which is kept over `down` and `up`."""

    def __init__(self, app: Application, host: str = "127.0.0.1", port: int = 0, *, talks: bool = False) -> None:
        if not ipaddress.ip_address("127.0.0.1" if host == "localhost" else host).is_loopback:
            raise ValueError(f"The demo Tower listens on loopback addresses only, and {host} is none.")
        self._app, self.host, self.port, self._talks = app, host, port, talks
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{self.host}:{self.port}"

    def up(self) -> None:
        """Listen. Raises OSError when the port is taken. Does nothing when it listens already."""
        if self._server is not None:
            return
        with socket.create_server((self.host, self.port), backlog=128) as listener:  # Werkzeug's own would exit
            self._server = _Server(listener, self._app, talks=self._talks)
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True, name="demo-tower")
        self._thread.start()

    def down(self) -> None:
        """Stop listening and cut every open connection."""
        server, self._server = self._server, None
        if server is None:
            return
        server.shutdown()
        server.server_close()
        for connection in list(server.connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        if self._thread:
            self._thread.join(timeout=5)

    def away(self, seconds: float) -> None:
        """Go down in a moment, so that the answer to this wish gets out, and come back after so many seconds."""
        threading.Timer(0.1, self.down).start()
        back = threading.Timer(0.1 + seconds, self.up)
        back.daemon = True
        back.start()
