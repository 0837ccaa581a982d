"""A browser's end of a stream, reduced to what it hears and when."""

from __future__ import annotations

import http.client
from collections.abc import Iterator

#: Seconds in which a hint has to come; the promise is one second from the change to the page.
SOON = 0.9
URL = "/notify/alerts/stream/"


class Reader:
    """One open stream; it has read its first hint, as a page does when it opens."""

    def __init__(self, port: int, cookie: str, *, patience: float = 20.0) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=patience)
        headers = {"Accept": "text/event-stream", "Cookie": cookie, "Last-Event-ID": "7"}
        self._connection.request("GET", URL, headers=headers)
        self._answer = self._connection.getresponse()
        self.status = self._answer.status
        self.first = self.hint() if self.status == 200 else ""

    def hint(self) -> str:
        """Wait for the next hint; an empty text where the stream has ended instead."""
        return next((line for line in self._lines() if line.startswith("data:")), "")

    def is_quiet(self, seconds: float) -> bool:
        """Whether there is no hint for so long."""
        assert self._connection.sock is not None
        self._connection.sock.settimeout(seconds)
        try:
            return not self.hint()
        except TimeoutError:
            return True

    def close(self) -> None:
        self._answer.close()
        self._connection.close()

    def _lines(self) -> Iterator[str]:
        while line := self._answer.readline():
            yield line.decode().strip()
