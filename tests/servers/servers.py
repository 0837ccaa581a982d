"""How each server is started for a Django host, as its own pages say, on a port of loopback."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.servers import nginx

BIN = Path(sys.executable).parent
WSGI = "tests.servers.application:wsgi"
ASGI = "tests.servers.application:asgi"

Command = Callable[[int], list[str]]


@dataclass(frozen=True, kw_only=True)
class Behind:
    """nginx, with another server of the table at its back."""

    server: str
    location: Callable[[int], str]


def _gunicorn(worker: str, *options: str, application: str = WSGI) -> Command:
    return lambda port: [
        *(str(BIN / "gunicorn"), application, f"--bind=127.0.0.1:{port}", "--no-control-socket"),
        *(f"--worker-class={worker}", *options),
    ]


def _uvicorn(http: str) -> Command:
    return lambda port: [str(BIN / "uvicorn"), ASGI, f"--port={port}", f"--http={http}"]


def _uwsgi(socket: str, *options: str) -> Command:
    return lambda port: [
        *(str(BIN / "uwsgi"), f"--{socket}=127.0.0.1:{port}", "--master", "--need-app"),
        *(f"--virtualenv={sys.prefix}", f"--module={WSGI}", "--threads=4", "--die-on-term"),
        # Seconds to wait for a chunk that does not come; by default 4.
        *("--chunked-input-timeout=1", *options),
    ]


#: Whatever speaks HTTP by itself.
ALONE: dict[str, Command] = {
    "gunicorn sync": _gunicorn("sync"),
    "gunicorn gthread": _gunicorn("gthread", "--threads=4"),
    "gunicorn asgi": _gunicorn("asgi", application=ASGI),
    "uvicorn h11": _uvicorn("h11"),
    "uvicorn httptools": _uvicorn("httptools"),
    "waitress": lambda port: [str(BIN / "waitress-serve"), f"--listen=127.0.0.1:{port}", WSGI],
    "uwsgi http": _uwsgi("http"),
    "uwsgi http-socket": _uwsgi("http-socket"),
    # As docs/servers.md asks for it.
    "uwsgi http, as told": _uwsgi("http", "--http-chunked-input", "--chunked-input-limit=27262976"),
    "hypercorn": lambda port: [str(BIN / "hypercorn"), ASGI, f"--bind=127.0.0.1:{port}"],
    "daphne": lambda port: [str(BIN / "daphne"), ASGI, f"--port={port}"],
    "runserver": lambda port: [
        *(sys.executable, "-m", "django", "runserver", "--noreload", f"127.0.0.1:{port}")
    ],
}

#: What nginx alone can talk to.
BACKENDS: dict[str, Command] = {"uwsgi socket": _uwsgi("uwsgi-socket")}

BEHIND_NGINX: dict[str, Behind] = {
    f"nginx{' unbuffered' if unbuffered else ''}, {server}": Behind(
        server=server, location=over(unbuffered=unbuffered)
    )
    for server, over in (
        ("gunicorn gthread", nginx.over_http),
        ("uvicorn httptools", nginx.over_http),
        ("uwsgi socket", nginx.over_uwsgi),
    )
    for unbuffered in (False, True)
}

NAMES = (*ALONE, *BEHIND_NGINX)
