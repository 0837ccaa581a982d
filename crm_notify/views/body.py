"""The body of a request as it really came: all of it, or an error; never more than the limit."""

from __future__ import annotations

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


class BodyTooLarge(CrmNotifyError):
    """The body, as sent or once decompressed, is larger than the limit."""


class BodyIncomplete(CrmNotifyError):
    """Not all of the body came, or the server cannot hand it over; the message says which."""


def read_body(request: HttpRequest, *, limit: int) -> bytes:
    """Return the whole body in at most ``limit`` bytes; gzip is decompressed within the limit.

    Afterwards the request knows its real length and can be parsed: Django takes a body without a
    Content-Length (chunked) for an empty one.

    What is signed is what the provider wrote, before it was compressed for the way (Unisender Go's
    ``json_post_gzip``, the one compressed form that a provider offers, hashes its JSON), so what is
    returned is what signatures are checked against.

    Raises BodyTooLarge and BodyIncomplete.
    """
    announced = _announced_length(request.META)
    if announced > limit:
        raise BodyTooLarge
    try:
        body = _drain(_reader(request), limit + 1)
    except CrmNotifyError:
        raise
    except Exception as error:
        # Each server has errors of its own for a client that went away or framed wrongly.
        raise BodyIncomplete(f"Reading the body failed ({type(error).__name__}).") from error
    if len(body) > limit:
        raise BodyTooLarge
    if len(body) < announced:
        raise BodyIncomplete(f"Of {announced} bytes {len(body)} came.")
    if _is_compressed(request.META, body):
        body = _decompressed(body, limit)
        del request.META["HTTP_CONTENT_ENCODING"]
    request.META["CONTENT_LENGTH"] = str(len(body))
    request._body = body
    return body


def _announced_length(meta: Mapping[str, Any]) -> int:
    """What Content-Length says; 0 where chunks overrule it (RFC 9112 section 6.3)."""
    length = str(meta.get("CONTENT_LENGTH") or "")
    if "HTTP_TRANSFER_ENCODING" in meta or not (length.isascii() and length.isdecimal()):
        return 0
    return int(length)


def _reader(request: HttpRequest) -> Callable[[int], bytes]:
    """Where the body is read from: Django's stream, or the server's where that one is blind."""
    environ: Mapping[str, Any] | None = getattr(request, "environ", None)
    if environ is None:
        # ASGI: the server has put chunks together, and Django has read all of it.
        return request.read
    chunked = "HTTP_TRANSFER_ENCODING" in environ
    if environ.get("CONTENT_LENGTH") and not chunked:
        return request.read
    if environ.get("wsgi.input_terminated"):
        # The server promises that its stream ends where the body does.
        read: Callable[[int], bytes] = environ["wsgi.input"].read
        return read
    if chunked and "uwsgi.version" in environ:
        # uwsgi-docs.readthedocs.io/en/latest/Chunked.html
        chunked_read = sys.modules["uwsgi"].chunked_read
        return lambda size: chunked_read()
    if chunked:
        raise BodyIncomplete("It came in chunks, and this server hands none over.")
    return request.read


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
