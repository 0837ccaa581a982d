"""Every body under every server is kept whole, or refused so that its sender comes again."""

from __future__ import annotations

import pytest

from crm_notify.rules.retrying import retrying
from tests.servers.conftest import Server
from tests.servers.kinds import KINDS, Fate, plain
from tests.servers.servers import BEHIND_NGINX, NAMES
from tests.servers.wire import speak

URL = "/notify/webhooks/sparkpost/tracking/"

#: Who answers 400 to a Content-Length beside chunks, as RFC 9112 section 6.3 allows.
_STRICT = ("gunicorn sync", "gunicorn gthread", "gunicorn asgi", "uvicorn httptools", "daphne")
#: Who hands over no chunks, unless it is told to.
_WITHOUT_CHUNKS = ("runserver", "uwsgi http")
_CHUNKED = (
    *("chunked", "chunked form", "chunked multipart", "one chunk of 2 MiB", "gzip, chunked"),
    *("slow, chunked", "JSON called a form", "no slash, chunked", "length 0, but chunked"),
    "too large, chunked",
)

#: What a server refuses although others read it, by server and kind, with its answer.
REFUSED: dict[tuple[str, str], int] = {
    **{(server, "length 0, but chunked"): 400 for server in (*_STRICT, *BEHIND_NGINX)},
    **{(server, "length 0, but chunked, for Brevo"): 400 for server in (*_STRICT, *BEHIND_NGINX)},
    **{(server, kind): 503 for server in _WITHOUT_CHUNKS for kind in _CHUNKED},
    **{(server, "length 0, but chunked, for Brevo"): 429 for server in _WITHOUT_CHUNKS},
    # Its limit for a chunk is 1 MiB, unless it is told otherwise.
    ("uwsgi http-socket", "one chunk of 2 MiB"): 503,
    # It reads on, finds no request there, and answers that before it answers what it had found.
    ("uvicorn httptools", "denied by length 0"): 400,
    ("uvicorn httptools", "denied by no length"): 400,
    ("uvicorn httptools", "denied, for Brevo"): 400,
    ("hypercorn", "denied, HTTP 1.0"): 400,
}

#: Where the answer is the server's own and the provider drops what was refused so: nothing that
#: an application does can help. docs/webhooks.md says what a host can do.
LOST = {
    (server, kind)
    for (server, kind), status in REFUSED.items()
    if KINDS[kind].provider == "brevo" and status == 400
}

#: The answers after which a provider comes again, by crm_notify.rules.retrying.
COMES_AGAIN = {
    "brevo": {429},
    "sendgrid": set(range(500, 600)),
    "sparkpost": set(range(300, 600)),
}

#: Who does not let an application end the connection.
KEEPS_OPEN = {"gunicorn gthread", *BEHIND_NGINX}


@pytest.mark.parametrize("name", KINDS)
def test_it_is_kept_whole_or_its_sender_comes_again(server: Server, name: str) -> None:
    kind = KINDS[name]
    post = kind.post()
    before = server.last()
    answer = speak(server.port, post.pieces, post.then)
    # The server lives, and is done with what came before.
    probe = plain(URL)
    assert speak(server.port, probe.pieces).status == 200
    *kept, last = server.kept_since(before)
    assert last == probe.body
    cell = (server.name, name)
    if cell in REFUSED:
        assert (answer.status, kept) == (REFUSED[cell], [])
        assert (answer.status not in COMES_AGAIN[kind.provider]) == (cell in LOST)
        return
    match kind.fate:
        case Fate.READ:
            assert (answer.status, kept) == (200, [post.body])
        case Fate.AGAIN:
            assert (answer.status, kept) == (retrying(kind.provider, kind.via).ask, [])
            assert answer.status in COMES_AGAIN[kind.provider]
        case Fate.TOO_LARGE:
            # Without an answer, or nginx without one of uwsgi, where the rest was not waited for.
            assert answer.status in {413, 502, None}
            assert kept == []
        case Fate.CUT:
            assert answer.status is None or answer.status >= 400
            assert kept == []


def test_a_refusal_ends_the_connection_where_the_server_allows_it(server: Server) -> None:
    answer = speak(server.port, KINDS["empty"].post().pieces)
    assert answer.status == 503
    assert answer.closes == (server.name not in KEEPS_OPEN)


def test_only_servers_and_kinds_of_the_matrix_are_excused() -> None:
    assert {server for server, _ in REFUSED} <= set(NAMES)
    assert {kind for _, kind in REFUSED} <= set(KINDS)
