"""Servers that misbehave byte by byte, where the demo Tower speaks proper HTTP."""

import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from typing import Any, Self

Script = Callable[[socket.socket, bytes], None]


def answer(status: int, body: Any = None, *, content_type: str = "application/json", **headers: str) -> bytes:
    """A whole HTTP answer; `body` is text, or something to write as JSON."""
    content = (body if isinstance(body, str) else json.dumps(body)).encode() if body is not None else b""
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(content)}"]
    if body is not None:
        lines.append(f"Content-Type: {content_type}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


def says(*answers: bytes) -> Script:
    """Give these answers, one a request; the last one again and again."""
    left = list(answers)

    def script(client: socket.socket, _request: bytes) -> None:
        client.sendall(left.pop(0) if len(left) > 1 else left[0])

    return script


def resets(client: socket.socket, _request: bytes) -> None:
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def tunnels(client: socket.socket, request: bytes) -> None:
    """What a proxy does with CONNECT, whatever host it names: to the same port here, and back."""
    port = int(request.split(b" ", 2)[1].rpartition(b":")[2])
    with socket.create_connection(("127.0.0.1", port)) as target:
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        back = threading.Thread(target=_pump, args=[target, client], daemon=True)
        back.start()
        _pump(client, target)
        back.join()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    try:
        while piece := source.recv(65536):
            sink.sendall(piece)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        sink.close()


class RawServer:
    """Accepts connections on a loopback port; `script` gets each request, whole, and the socket to answer on."""

    def __init__(
        self, script: Script, *, tls: ssl.SSLContext | None = None, close_each: bool = False, greeting: bytes = b""
    ) -> None:
        self.script, self.tls, self.close_each, self.greeting = script, tls, close_each, greeting
        self.requests: list[bytes] = []
        self.connections = 0
        self.stopped = threading.Event()

    def __enter__(self) -> Self:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.url = f"{'https' if self.tls else 'http'}://localhost:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    @property
    def paths(self) -> list[str]:
        return [request.split(b" ", 2)[1].decode() for request in self.requests]

    def _accept(self) -> None:
        while not self.stopped.is_set():
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=[client], daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            if self.tls:
                client = self.tls.wrap_socket(client, server_side=True)
            if self.greeting:
                client.sendall(self.greeting)
            while request := _read(client):
                self.requests.append(request)
                self.script(client, request)
                if self.close_each:
                    break
        except OSError:
            pass
        finally:
            client.close()


def _read(client: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = client.recv(65536)
        if not piece:
            return b""
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        body += client.recv(65536)
    return head + b"\r\n\r\n" + body
