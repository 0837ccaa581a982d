"""One HTTP post to a webhook, with the headers that SparkPost sends."""

from __future__ import annotations

import base64
import socket
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import unquote, urlsplit


class WebhookUrl:
    """Where to post, and the secret in its userinfo; raises ValueError for no http(s) URL."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"A webhook has to be an http or https URL, not {url!r}.")
        self._secure = parts.scheme == "https"
        self._host = parts.hostname
        self._port = parts.port
        self._path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._headers = {"Content-Type": "application/json", "User-Agent": "SparkPost"}
        if parts.username:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            token = base64.b64encode(pair.encode()).decode()
            self._headers["Authorization"] = f"Basic {token}"
        self._connection: HTTPConnection | None = None
        self._closing = False
        self.shown = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        """The URL without its secret."""

    def post(
        self, body: bytes, *, batch_id: str, timeout: float, denied: bool = False
    ) -> tuple[int | None, str]:
        """The status and reason of the answer; (None, why) where none came in `timeout` seconds.

        With `denied`, the header says that there is no body, and it follows all the same.
        """
        kind = HTTPSConnection if self._secure else HTTPConnection
        connection = kind(self._host, self._port, timeout=timeout)
        self._connection = connection
        headers = self._headers | {"X-MessageSystems-Batch-ID": batch_id}
        if denied:
            headers["Content-Length"] = "0"
        try:
            connection.connect()
            if self._closing:  # asked for before there was a socket to shut down
                return None, "stopped"
            connection.request("POST", self._path, body, headers)
            response = connection.getresponse()
            response.read()
            return response.status, response.reason
        except TimeoutError:
            return None, f"no answer in {timeout:g} s"
        except (OSError, HTTPException) as error:
            return None, str(error) or type(error).__name__
        finally:
            connection.close()

    def hang_up(self) -> None:
        """Break off a post that is under way in another thread, and post no more."""
        self._closing = True
        connection = self._connection
        if connection is not None and connection.sock is not None:
            with suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)
