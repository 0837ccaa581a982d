"""Finds ports on this machine that nobody listens on."""

from __future__ import annotations

import socket
from contextlib import closing

from project.demo.programs import Trouble

HOST = "127.0.0.1"
_NEIGHBOURS = 20


def is_free(port: int) -> bool:
    """Whether a server could listen on the port now."""
    with closing(socket.socket()) as probe:
        # As servers do: a port whose last connections are still fading away is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def choose(given: int | None, *, usual: int, option: str) -> int:
    """Return the port that was given, else the usual one or the next free one after it."""
    if given is not None:
        if not 0 < given < 65536:
            raise Trouble(f"{given} is no port: choose one from 1 to 65535 with {option}.")
        if not is_free(given):
            raise Trouble(f"Port {given} is taken: choose another one with {option}.")
        return given
    for port in range(usual, usual + _NEIGHBOURS):
        if is_free(port):
            return port
    raise Trouble(
        f"The ports {usual} to {usual + _NEIGHBOURS - 1} are all taken: name one with {option}."
    )


def any_free() -> int:
    """A port that the system says is free."""
    with closing(socket.socket()) as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port
