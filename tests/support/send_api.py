"""A provider's send API on loopback: it keeps what arrives, and answers as it is told."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request as it came in; ``connection`` counts them from 1."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    connection: int

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, list[str]]:
        return parse_qs(self.body.decode(), strict_parsing=True)


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What to answer. With ``hang_up`` nothing: the connection is reset once the call is read."""

    status: int = 200
    body: Any = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    hang_up: bool = False
    #: Keep the caller waiting until the server ends.
    silent: bool = False

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()

    @property
    def content_type(self) -> str:
        return "text/html" if isinstance(self.body, bytes) else "application/json"


class SendApi:
    """Up between ``with`` and its end; ``calls`` is what came, ``answer`` says what goes back."""

    def __init__(self, answer: Callable[[Call], Reply], tls: ssl.SSLContext | None = None) -> None:
        self.answer = answer
        self.calls: list[Call] = []
        self.connections = 0
        self.ended = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.api = self
        self._scheme = "https" if tls else "http"
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.ended.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    # Idle connections, which a caller keeps, must not hold up the end.
    daemon_threads = True
    block_on_close = False
    api: SendApi


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.server.api.connections += 1
        self.number = self.server.api.connections

    def do_POST(self) -> None:
        api = self.server.api
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        call = Call(path=self.path, headers=headers, body=body, connection=self.number)
        api.calls.append(call)
        reply = api.answer(call)
        if reply.silent:
            api.ended.wait(30)
        if reply.silent or reply.hang_up:
            # With SO_LINGER at zero closing sends a reset, as a server does that is killed.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            return
        self.send_response(reply.status)
        for name, value in {"Content-Type": reply.content_type, **reply.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.content)))
        self.end_headers()
        self.wfile.write(reply.content)

    def log_message(self, *args: object) -> None:
        """Nothing: pytest's output is for tests."""
