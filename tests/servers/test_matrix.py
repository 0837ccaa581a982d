"""Every body under every server is kept whole, or refused so that its sender comes again."""

from __future__ import annotations

import pytest

from crm_notify.rules.retrying import retrying
from tests.servers.conftest import Server
from tests.servers.excuses import COMES_AGAIN, KEEPS_OPEN, LOST, REFUSED
from tests.servers.kinds import KINDS, Fate, plain
from tests.servers.servers import NAMES
from tests.servers.wire import speak

URL = "/notify/webhooks/sparkpost/tracking/"


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
