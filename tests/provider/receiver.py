"""A webhook receiver that keeps what it is sent and answers as it is told."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

SECRET = "janet:s3cret"
NEVER = 0  # in place of a status: keep the connection open, and say nothing until the end


@dataclass(frozen=True, kw_only=True)
class Post:
    """One request as it came in."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def events(self) -> list[dict[str, Any]]:
        """The elements of the batch, as they are."""
        events: list[dict[str, Any]] = json.loads(self.body)
        return events

    @property
    def batch_id(self) -> str:
        return self.headers["X-MessageSystems-Batch-ID"]


class Receiver:
    """Answers 200, unless `answers` says what to answer first; `posts` is what came."""

    def __init__(self, port: int = 0) -> None:
        self.posts: list[Post] = []
        self.answers: deque[int] = deque()
        self.ended = threading.Event()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.receiver = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def port(self) -> int:
        return self._server.server_port

    @property
    def url(self) -> str:
        return f"http://{SECRET}@127.0.0.1:{self.port}/webhooks/sparkpost/"

    @property
    def events(self) -> list[dict[str, Any]]:
        """All events of all posts, in the order in which they came, without their envelope."""
        return [
            next(iter(event["msys"].values()))
            for post in list(self.posts)
            for event in post.events
            if event["msys"]
        ]

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
    daemon_threads = False
    receiver: Receiver


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        receiver = self.server.receiver
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = receiver.answers.popleft() if receiver.answers else 200
        receiver.posts.append(Post(path=self.path, headers=dict(self.headers), body=body))
        if status == NEVER:
            receiver.ended.wait(30)
            return
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Nothing: pytest's output is for tests."""
