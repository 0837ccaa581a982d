"""A provider's API on the loopback, which answers what it was told to."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Api:
    """Serves a path's answer, and remembers the headers of who asked."""

    url: str
    requests: list[Message] = field(default_factory=list)
    answers: dict[str, tuple[bytes, str]] = field(default_factory=dict)

    def serve(self, path: str, content: bytes, content_type: str = "application/json") -> None:
        self.answers[path] = (content, content_type)


@contextlib.contextmanager
def running() -> Iterator[Api]:
    """Start the server on a free port; it ends with the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            api.requests.append(self.headers)
            content, content_type = api.answers.get(self.path, (None, ""))
            self.send_response(404 if content is None else 200)
            if content_type:
                self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *args: object) -> None:
            """Say nothing: tests are read."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        api = Api(url=f"http://127.0.0.1:{server.server_port}/")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield api
        finally:
            server.shutdown()
            thread.join(timeout=10)
