"""Take a message apart into its leaf parts, in bounded time, with no recursion and no exception.

The standard library's parser is not used here: 1,000 nested parts end it in a RecursionError.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from crm_notify.rules.bounce.decoding import text_of
from crm_notify.rules.bounce.fields import Fields, read_fields

MAX_BYTES = 256 * 1024
MAX_DEPTH = 8
MAX_PARTS = 64
_END_OF_HEADERS = re.compile(rb"(?:\A|\n)[ \t]*(?:\n|\Z)")
_PARAMETER = re.compile(r';\s*([\w-]{1,40})\s*=\s*(?:"([^"]{0,300})"|([^\s;"]{1,300}))')


@dataclass(frozen=True, kw_only=True)
class Part:
    """One leaf of a message: its type, its headers and its bytes as they came."""

    type: str
    headers: Fields
    body: bytes

    @property
    def text(self) -> str:
        return text_of(
            self.body,
            charset=parameters(self.headers.get("content-type")).get("charset", ""),
            transfer=self.headers.get("content-transfer-encoding"),
        )


def parameters(value: str) -> dict[str, str]:
    """Return the parameters of a structured header such as Content-Type, names in lower case."""
    return {
        name.lower(): quoted or token for name, quoted, token in _PARAMETER.findall(value[:2000])
    }


def split(raw: bytes) -> tuple[Fields, list[Part]]:
    """Return the headers of a message and its leaf parts in order.

    Only the first 256 KiB are read. Past 64 parts or 8 levels the rest is left alone, and so is
    the inside of a ``message/rfc822``: it is somebody else's mail.
    """
    top, body = _headers_and_body(_lines(raw[:MAX_BYTES]).lstrip())
    leaves: list[Part] = []
    waiting = [(top, body, 0)]
    seen = 0
    while waiting:
        headers, body, depth = waiting.pop()
        content_type = headers.get("content-type")
        kind = content_type.partition(";")[0].strip().lower() or "text/plain"
        children: list[bytes] = []
        if kind.startswith("multipart/") and depth < MAX_DEPTH:
            boundary = parameters(content_type).get("boundary", "").strip()
            children = list(_children(body, boundary.encode("utf-8", "replace"), MAX_PARTS - seen))
            # Without a single delimiter line it is a text, whatever it says it is.
            kind = "text/plain"
        if children:
            seen += len(children)
            waiting.extend((*_headers_and_body(child), depth + 1) for child in reversed(children))
        else:
            leaves.append(Part(type=kind, headers=headers, body=body))
    return top, leaves


def _lines(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _headers_and_body(raw: bytes) -> tuple[Fields, bytes]:
    end = _END_OF_HEADERS.search(raw)
    if end is None:
        return read_fields(text_of(raw)), b""
    return read_fields(text_of(raw[: end.start()])), raw[end.end() :]


def _children(body: bytes, boundary: bytes, limit: int) -> Iterator[bytes]:
    """Yield what stands between the delimiter lines of a multipart (RFC 2046 section 5.1.1)."""
    if not boundary:
        return
    # The whole line counts: a nested boundary may begin with the name of the outer one.
    delimiter = re.compile(rb"(?:\A|\n)--" + re.escape(boundary) + rb"(--)?[ \t]*(?:\n|\Z)")
    match = delimiter.search(body)
    for _ in range(limit):
        if match is None or match[1]:
            return
        start = match.end()
        # The line feed before a delimiter line belongs to it, and may end the line before.
        match = delimiter.search(body, start - 1)
        yield body[start : match.start() if match else len(body)]
