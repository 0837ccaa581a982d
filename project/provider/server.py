"""The provider as one runs it: the post office behind an HTTP server on the loopback interface."""

from __future__ import annotations

import socket
import sys
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from project.provider.office import PostOffice
from project.provider.replies import Reply, Request, text_reply
from project.provider.routes import route

HOST = "127.0.0.1"
_HOST_NAMES = {HOST, "localhost"}
_MAX_BODY = 30 * 1024 * 1024  # bytes: 20 MiB of content, as base64 in JSON


class Provider(PostOffice):
    """A local mail provider, up between `with` and its end.

    `port` 0 takes a free one; a taken one raises OSError. See PostOffice for the other arguments.
    """

    def __init__(self, *, port: int = 0, **office: Any) -> None:
        super().__init__(**office)
        self._port = port
        self._server: _Server | None = None

    @property
    def url(self) -> str:
        """Where the page is, without a slash at the end."""
        assert self._server is not None, "The provider is not running."
        return f"http://{HOST}:{self._server.server_port}"

    @property
    def api_url(self) -> str:
        """What Anymail's SPARKPOST_API_URL has to be."""
        return f"{self.url}/api/v1/"

    def start(self) -> None:
        self._server = _Server(self, self._port)
        self._server.start()
        self.open()

    def stop(self) -> None:
        """End the server, its connections and all threads."""
        assert self._server is not None, "The provider is not running."
        self.stopping.set()
        self._server.stop()
        self.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


class _Server(ThreadingHTTPServer):
    """A thread per connection, each of them joined when the server is closed."""

    daemon_threads = False
    request_queue_size = 128

    def __init__(self, office: PostOffice, port: int) -> None:
        self.office = office
        self._open: set[socket.socket] = set()
        self._lock = Lock()
        super().__init__((HOST, port), _Handler)
        self._thread = Thread(target=self.serve_forever, args=(0.05,), name="provider")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End all threads; connections that clients keep open are shut."""
        self.shutdown()
        self._thread.join()
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self.server_close()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that hang up; everything else is a defect and is printed."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """From bytes to Request, from Reply to bytes."""

    server: _Server
    protocol_version = "HTTP/1.1"
    server_version = "LocalProvider"
    sys_version = ""
    timeout = 60  # seconds for which an idle connection is kept

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def do_PUT(self) -> None:
        self._answer()

    def do_DELETE(self) -> None:
        self._answer()

    def log_message(self, *args: object) -> None:
        """Requests are shown on the page, not in the terminal."""

    def _answer(self) -> None:
        self.close_connection = self.close_connection or "Transfer-Encoding" in self.headers
        reply = self._refusal() or route(self.server.office, self._request())
        if reply.drop:
            self.close_connection = True
            return
        self.send_response(reply.status)
        for name, value in self._reply_headers(reply).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)

    def _refusal(self) -> Reply | None:
        """What is refused before the body is read."""
        length = self.headers.get("Content-Length", "0")
        host = self.headers.get("Host", HOST).rpartition("]")[2].partition(":")[0]
        reply = None
        if host not in _HOST_NAMES:  # a name that somebody pointed at loopback
            reply = text_reply(f"Ask for {HOST}.\n", 421)
        elif not length.isdecimal() or "Transfer-Encoding" in self.headers:
            reply = text_reply("A Content-Length is needed.\n", 411)
        elif int(length) > _MAX_BODY:
            reply = text_reply("Request Entity Too Large\n", 413)
        if reply:
            self.close_connection = True  # the body stays unread
        return reply

    def _request(self) -> Request:
        parts = urlsplit(self.path)
        return Request(
            method="GET" if self.command == "HEAD" else self.command,
            path=unquote(parts.path),
            query=dict(parse_qsl(parts.query)),
            headers=self.headers,  # type: ignore[arg-type]  # finds names in any case
            body=self.rfile.read(int(self.headers.get("Content-Length", "0"))),
        )

    def _reply_headers(self, reply: Reply) -> dict[str, str]:
        fixed = {
            "Content-Type": reply.content_type,
            "Content-Length": str(len(reply.body)),
            "Content-Security-Policy": reply.policy,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-store",
        }
        if self.close_connection:
            fixed["Connection"] = "close"
        return fixed | dict(reply.headers)
