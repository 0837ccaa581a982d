"""The body of a request is all of what came, or an error; servers are played by their streams."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Callable, Iterator
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client

from crm_notify.models import Incident, Receipt
from crm_notify.views.body import BodyIncomplete, BodyTooLarge, read_body
from crm_notify.views.hanging_up import hangs_up_when_refusing
from tests.posts import AUTHORIZATION

LIMIT = 1000
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=x"
MAIL = b'--x\r\nContent-Disposition: form-data; name="email"\r\n\r\nnews\r\n--x--\r\n'
CHUNKED = {"HTTP_TRANSFER_ENCODING": "chunked"}
TERMINATED = {"wsgi.input_terminated": True}
GZIP = {"HTTP_CONTENT_ENCODING": "gzip"}
URL = "/notify/webhooks/sparkpost/tracking/"


def wsgi(body: bytes, *, kind: str = "application/json", **environ: Any) -> WSGIRequest:
    return WSGIRequest(
        {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/",
            "CONTENT_TYPE": kind,
            "wsgi.input": BytesIO(body),
            **environ,
        }
    )


def asgi(
    body: bytes, *, kind: str = "application/json", version: str = "1.1", **headers: str
) -> ASGIRequest:
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/",
        "http_version": version,
        "headers": [
            (name.replace("_", "-").encode(), value.encode())
            for name, value in {"content_type": kind, **headers}.items()
        ],
    }
    return ASGIRequest(scope, BytesIO(body))


@pytest.fixture
def uwsgi(monkeypatch: pytest.MonkeyPatch) -> Callable[[Iterator[bytes]], None]:
    """uWSGI's own module, which exists only inside of its processes."""

    def running(chunks: Iterator[bytes]) -> None:
        module = SimpleNamespace(chunked_read=lambda: next(chunks, b""))
        monkeypatch.setitem(sys.modules, "uwsgi", module)

    return running


@pytest.mark.parametrize(
    "request_",
    [
        wsgi(b"news and the next request", CONTENT_LENGTH="4"),
        wsgi(b"news", **CHUNKED, **TERMINATED),
        wsgi(b"news", CONTENT_LENGTH="", **TERMINATED),
        wsgi(b"news", CONTENT_LENGTH="0", **CHUNKED, **TERMINATED),
        # What nginx has put together, handed on by uwsgi_pass.
        wsgi(b"news", CONTENT_LENGTH="4", **CHUNKED),
        asgi(b"news", content_length="4"),
        asgi(b"news", transfer_encoding="chunked"),
        asgi(b"news", transfer_encoding="chunked", content_length="0"),
        asgi(b"news"),
    ],
)
def test_a_body_that_is_there_is_read(request_: HttpRequest) -> None:
    assert read_body(request_, limit=LIMIT) == b"news"
    assert request_.META["CONTENT_LENGTH"] == "4"


def test_chunks_that_uwsgi_keeps_for_itself_are_asked_of_it(
    uwsgi: Callable[[Iterator[bytes]], None],
) -> None:
    uwsgi(iter([b"ne", b"ws"]))
    request = wsgi(b"", **CHUNKED, **{"uwsgi.version": b"2.0"})
    assert read_body(request, limit=LIMIT) == b"news"


def test_no_more_chunks_are_asked_for_than_fit(uwsgi: Callable[[Iterator[bytes]], None]) -> None:
    chunks = iter([b"." * LIMIT, b".", b"never asked for"])
    uwsgi(chunks)
    with pytest.raises(BodyTooLarge):
        read_body(wsgi(b"", **CHUNKED, **{"uwsgi.version": b"2.0"}), limit=LIMIT)
    assert next(chunks) == b"never asked for"


@pytest.mark.parametrize("request_", [wsgi(b"news"), wsgi(b"news", CONTENT_LENGTH="four")])
def test_a_body_that_the_head_denies_is_out_of_reach(request_: HttpRequest) -> None:
    assert read_body(request_, limit=LIMIT) == b""


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        (wsgi(b"new", CONTENT_LENGTH="4"), "Of 4 bytes 3"),
        (asgi(b"new", content_length="4"), "Of 4 bytes 3"),
        (wsgi(b"4\r\nnews\r\n0\r\n\r\n", **CHUNKED), "hands none over"),
        (wsgi(b"4\r\nnews\r\n0\r\n\r\n", CONTENT_LENGTH="14", **CHUNKED), "in its chunks"),
    ],
)
def test_part_of_a_body_is_no_body(request_: HttpRequest, why: str) -> None:
    with pytest.raises(BodyIncomplete, match=why):
        read_body(request_, limit=LIMIT)


def test_whatever_a_server_raises_over_a_client_that_went_away_means_incomplete() -> None:
    def gone(size: int) -> bytes:
        raise EOFError

    stream = SimpleNamespace(read=gone, readline=gone)
    request = wsgi(b"", **CHUNKED, **TERMINATED, **{"wsgi.input": stream})
    with pytest.raises(BodyIncomplete, match="EOFError"):
        read_body(request, limit=LIMIT)


def test_what_says_that_it_is_too_large_is_not_read() -> None:
    stream = BytesIO(b"." * (LIMIT + 1))
    request = wsgi(b"", CONTENT_LENGTH=str(LIMIT + 1), **{"wsgi.input": stream})
    with pytest.raises(BodyTooLarge):
        read_body(request, limit=LIMIT)
    assert stream.tell() == 0


def test_a_length_of_thousands_of_digits_is_too_large() -> None:
    with pytest.raises(BodyTooLarge):
        read_body(wsgi(b"", CONTENT_LENGTH="9" * 5000), limit=LIMIT)


def test_no_more_is_read_than_shows_that_it_is_too_large() -> None:
    stream = BytesIO(b"." * 10 * LIMIT)
    with pytest.raises(BodyTooLarge):
        read_body(wsgi(b"", **CHUNKED, **TERMINATED, **{"wsgi.input": stream}), limit=LIMIT)
    assert stream.tell() == LIMIT + 1


def test_a_body_of_the_limit_itself_is_read() -> None:
    body = b"." * LIMIT
    assert read_body(wsgi(body, CONTENT_LENGTH=str(LIMIT)), limit=LIMIT) == body


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", " GZIP "])
def test_gzip_is_decompressed_and_the_header_that_said_so_is_gone(coding: str) -> None:
    packed = gzip.compress(b"ne", mtime=0) + gzip.compress(b"ws", mtime=0)
    request = wsgi(packed, CONTENT_LENGTH=str(len(packed)), HTTP_CONTENT_ENCODING=coding)
    assert read_body(request, limit=LIMIT) == b"news"
    assert request.META["CONTENT_LENGTH"] == "4"
    assert "HTTP_CONTENT_ENCODING" not in request.META


def test_what_is_only_called_gzip_stays_as_it_came() -> None:
    assert read_body(wsgi(b"news", CONTENT_LENGTH="4", **GZIP), limit=LIMIT) == b"news"


@pytest.mark.parametrize("coding", ["br", "identity", ""])
def test_another_coding_stays_as_it_came_for_an_admin_to_look_at(coding: str) -> None:
    packed = gzip.compress(b"news", mtime=0)
    request = wsgi(packed, CONTENT_LENGTH=str(len(packed)), HTTP_CONTENT_ENCODING=coding)
    assert read_body(request, limit=LIMIT) == packed


def test_a_gzip_bomb_is_not_unfolded() -> None:
    bomb = gzip.compress(b"." * 900_000, mtime=0)
    assert len(bomb) < LIMIT
    with pytest.raises(BodyTooLarge):
        read_body(wsgi(bomb, CONTENT_LENGTH=str(len(bomb)), **GZIP), limit=LIMIT)


@pytest.mark.parametrize(
    "packed",
    [
        gzip.compress(b"news", mtime=0)[:-1],
        gzip.compress(b"news", mtime=0)[:-8] + b"\0" * 8,
        gzip.compress(b"news", mtime=0)[:10] + b"\xff" * 20,
        b"\x1f\x8b",
    ],
    ids=["cut", "wrong sum", "rubbish", "magic only"],
)
def test_broken_gzip_is_incomplete(packed: bytes) -> None:
    with pytest.raises(BodyIncomplete, match="gzip is broken"):
        read_body(wsgi(packed, CONTENT_LENGTH=str(len(packed)), **GZIP), limit=LIMIT)


@pytest.mark.parametrize("kind", [FORM, MULTIPART])
@pytest.mark.parametrize("under_asgi", [False, True])
def test_a_chunked_form_can_be_parsed_once_its_body_is_read(kind: str, *, under_asgi: bool) -> None:
    body = b"email=news" if kind == FORM else MAIL
    request = (
        asgi(body, kind=kind, transfer_encoding="chunked")
        if under_asgi
        else wsgi(body, kind=kind, **CHUNKED, **TERMINATED)
    )
    read_body(request, limit=LIMIT)
    assert request.POST.dict() == {"email": "news"}


@pytest.mark.django_db
def test_part_of_a_body_is_sent_away_to_come_again_and_told_to_the_admins(client: Client) -> None:
    response = client.generic(
        "POST",
        URL,
        b"",
        content_type="application/json",
        headers={"Authorization": AUTHORIZATION},
        **{"CONTENT_LENGTH": "80", "wsgi.input": BytesIO(b'[{"msys"')},
    )
    assert response.status_code == 503
    incident = Incident.objects.get()
    assert incident.kind == "empty"
    assert "Of 80 bytes 8 came" in incident.sample
    assert not Receipt.objects.exists()


@pytest.mark.django_db
def test_a_missing_slash_is_no_redirect(client: Client) -> None:
    response = client.post(
        URL.rstrip("/"),
        b"[1]",
        content_type="application/json",
        headers={"Authorization": AUTHORIZATION},
    )
    assert response.status_code == 200
    assert Receipt.objects.get().url.endswith("/sparkpost/tracking")


def refusal(request: HttpRequest, status: int = 503) -> Any:
    view = hangs_up_when_refusing(lambda request: HttpResponse("Come again.", status=status))
    return view(request)


def test_asgi_and_uwsgi_are_told_in_a_header() -> None:
    assert refusal(asgi(b""))["Connection"] == "close"
    assert refusal(wsgi(b"", **{"uwsgi.version": b"2.0"}))["Connection"] == "close"


def test_http_2_has_no_such_header() -> None:
    assert "Connection" not in refusal(asgi(b"", version="2"))


@pytest.mark.parametrize("server", ["WSGIServer/0.2 CPython/3.11", "waitress"])
def test_servers_that_refuse_the_header_close_after_an_answer_without_a_length(
    server: str,
) -> None:
    response = refusal(wsgi(b"", SERVER_SOFTWARE=server))
    assert isinstance(response, StreamingHttpResponse)
    assert response.getvalue() == b"Come again."
    assert (response.status_code, response["Content-Type"]) == (503, "text/html; charset=utf-8")
    assert "Connection" not in response


def test_others_and_what_is_taken_are_left_alone() -> None:
    assert isinstance(refusal(wsgi(b"", SERVER_SOFTWARE="gunicorn/27.0.1")), HttpResponse)
    assert "Connection" not in refusal(wsgi(b""))
    assert "Connection" not in refusal(asgi(b""), status=200)
