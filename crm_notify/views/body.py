"""The body of a request as it really came: all of it, or an error; never more than the limit."""

from __future__ import annotations

import re
import sys
import zlib
from collections.abc import Callable, Mapping
from gzip import GzipFile
from io import BytesIO
from typing import Any

from django.http import HttpRequest

from crm_notify.exceptions import CrmNotifyError

_GZIP = frozenset({"gzip", "x-gzip"})
_GZIP_MAGIC = b"\x1f\x8b"
#: The first line of a chunk (RFC 9112 section 7.1). No JSON, form or multipart begins so.
_CHUNK_SIZE = re.compile(rb"[0-9A-Fa-f]+[ \t]*(?:;[^\r\n]*)?\r\n")


class BodyTooLarge(CrmNotifyError):
    """The body, as sent or once decompressed, is larger than the limit."""


class BodyIncomplete(CrmNotifyError):
    """Not all of the body came, or the server cannot hand it over; the message says which."""


def read_body(request: HttpRequest, *, limit: int) -> bytes:
    """Return the whole body in at most ``limit`` bytes; gzip is decompressed within the limit.

    Afterwards the request knows its real length and can be parsed: Django takes a body without a
    Content-Length (chunked) for an empty one.

    Providers sign what they wrote, not how it travels (Unisender Go, which offers to compress,
    takes the MD5 of the message's text): signatures are checked against what is returned here.

    Raises BodyTooLarge and BodyIncomplete.
    """
    read, announced = _source(request)
    if announced > limit:
        raise BodyTooLarge
    try:
        body = _drain(read, limit + 1)
    except Exception as error:
        # Each server has errors of its own for a client that went away or framed wrongly.
        raise BodyIncomplete(f"Reading the body failed ({type(error).__name__}).") from error
    if len(body) > limit:
        raise BodyTooLarge
    if len(body) < announced:
        raise BodyIncomplete(f"Of {announced} bytes {len(body)} came.")
    if announced and _is_chunked(request.META) and _CHUNK_SIZE.match(body):
        raise BodyIncomplete("The server left it in its chunks.")
    if _is_compressed(request.META, body):
        body = _decompressed(body, limit)
        del request.META["HTTP_CONTENT_ENCODING"]
    request.META["CONTENT_LENGTH"] = str(len(body))
    request._body = body
    return body


def _source(request: HttpRequest) -> tuple[Callable[[int], bytes], int]:
    """Where the body is read from, and the length that it must have (0: until it ends).

    Chunks overrule a Content-Length (RFC 9112 section 6.3). Raises BodyIncomplete where this server
    hands over no chunks.
    """
    chunked, length = _is_chunked(request.META), _content_length(request.META)
    environ: Mapping[str, Any] | None = getattr(request, "environ", None)
    if environ is None:
        # ASGI: the server has put chunks together, and Django has read them all.
        return request.read, 0 if chunked else length
    if environ.get("wsgi.input_terminated") and (chunked or not length):
        # The server promises that its stream ends where the body does; Django's is blind here.
        return environ["wsgi.input"].read, 0
    if chunked and not length:
        return _chunks_of_uwsgi(environ), 0
    # With both, nginx has put the chunks together for uwsgi_pass, and says how long they are.
    return request.read, length


def _chunks_of_uwsgi(environ: Mapping[str, Any]) -> Callable[[int], bytes]:
    """uwsgi-docs.readthedocs.io/en/latest/Chunked.html"""
    if "uwsgi.version" not in environ:
        raise BodyIncomplete("It came in chunks, and this server hands none over.")
    chunked_read: Callable[[], bytes] = sys.modules["uwsgi"].chunked_read
    return lambda size: chunked_read()


def _is_chunked(meta: Mapping[str, Any]) -> bool:
    return "HTTP_TRANSFER_ENCODING" in meta


def _content_length(meta: Mapping[str, Any]) -> int:
    length = str(meta.get("CONTENT_LENGTH") or "")
    # Nineteen digits are too large for anybody, and Python refuses to read thousands.
    return int(length[:19]) if length.isascii() and length.isdecimal() else 0


def _drain(read: Callable[[int], bytes], most: int) -> bytes:
    """Read to the end, or until there are at least ``most`` bytes."""
    body = bytearray()
    while len(body) < most and (piece := read(most - len(body))):
        body += piece
    return bytes(body)


def _is_compressed(meta: Mapping[str, Any], body: bytes) -> bool:
    """Whether it says so and is so: some proxies decompress a body and leave the header."""
    coding = str(meta.get("HTTP_CONTENT_ENCODING", "")).strip().lower()
    return coding in _GZIP and body.startswith(_GZIP_MAGIC)


def _decompressed(body: bytes, limit: int) -> bytes:
    try:
        with GzipFile(fileobj=BytesIO(body)) as file:
            plain = file.read(limit + 1)
    except (EOFError, OSError, zlib.error) as error:
        raise BodyIncomplete(f"Its gzip is broken ({type(error).__name__}).") from error
    if len(plain) > limit:
        raise BodyTooLarge
    return plain
