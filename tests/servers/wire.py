"""A client that sends exactly the bytes it is given, and goes away as it is told."""

from __future__ import annotations

import contextlib
import socket
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

#: Seconds to wait for an answer: more than any server here needs, less than its own time limits.
PATIENCE = 10.0


class Then(Enum):
    """What the client does once everything is sent."""

    WAIT = "waits for the answer"
    SHUT = "says that nothing more comes, and waits for the answer"
    VANISH = "resets the connection"


@dataclass(frozen=True, kw_only=True)
class Pause:
    """Wait between two pieces: for so many seconds, or until the server says "100 Continue"."""

    seconds: float
    for_continue: bool = False


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The status (None where there was no answer), and whether it is the last on its connection."""

    status: int | None
    closes: bool


def speak(port: int, pieces: Sequence[bytes | Pause], then: Then = Then.WAIT) -> Answer:
    """Send the pieces over a connection of their own; the answer to the first request on it."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # A server may refuse before it has read everything, and close.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            for piece in pieces:
                if isinstance(piece, bytes):
                    connection.sendall(piece)
                else:
                    _pause(connection, piece)
            if then is Then.SHUT:
                connection.shutdown(socket.SHUT_WR)
        if then is Then.VANISH:
            # With SO_LINGER at zero closing sends a reset.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return Answer(status=None, closes=True)
        return _answer(connection)


def _pause(connection: socket.socket, pause: Pause) -> None:
    if not pause.for_continue:
        time.sleep(pause.seconds)
        return
    connection.settimeout(pause.seconds)
    with contextlib.suppress(TimeoutError):
        connection.recv(len(b"HTTP/1.1 100 Continue\r\n\r\n"), socket.MSG_PEEK)
    connection.settimeout(PATIENCE)


def _answer(connection: socket.socket) -> Answer:
    """Read to the end of the head of the first final answer (RFC 9110 section 15.2)."""
    said = b""
    with contextlib.suppress(TimeoutError, ConnectionResetError):
        while piece := connection.recv(65536):
            said += piece
            for head in said.split(b"\r\n\r\n")[:-1]:
                status = int(head.split()[1])
                if status >= 200:
                    return Answer(status=status, closes=b"\r\nconnection: close" in head.lower())
    return Answer(status=None, closes=True)
