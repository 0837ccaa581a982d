"""The fields of a posted form, as bytes: a mail in a field is no text in any one charset."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

#: As many as Django takes by default (DATA_UPLOAD_MAX_NUMBER_FIELDS); no provider comes near.
MAX_FIELDS = 1000

_BOUNDARY = re.compile(r'boundary=(?:"([^"]+)"|([^\s;"]+))', re.IGNORECASE)
_DISPOSITION = re.compile(rb"^content-disposition:(.*)$", re.IGNORECASE | re.MULTILINE)
_CONTENT_TYPE = re.compile(rb"^content-type:(.*)$", re.IGNORECASE | re.MULTILINE)
_NAME = re.compile(rb'[;\s]name=(?:"([^"]*)"|([^\s;]+))', re.IGNORECASE)
_FILENAME = re.compile(rb'[;\s]filename=(?:"([^"]*)"|([^\s;]+))', re.IGNORECASE)
_BLANK_LINE = re.compile(rb"\n\r?\n")


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field; ``filename`` is None where it is not a file."""

    name: str
    value: bytes
    filename: str | None = None
    content_type: str = ""


def media_type(content_type: str) -> str:
    """The media type of a Content-Type header, lower case and without parameters."""
    return content_type.partition(";")[0].strip().lower()


def fields(content_type: str, body: bytes) -> list[Field]:
    """Return the fields in their order, at most MAX_FIELDS; never raises, whatever the bytes.

    A body that is not multipart/form-data is read as application/x-www-form-urlencoded.
    """
    if media_type(content_type) == "multipart/form-data":
        return _multipart(content_type, body)
    return _urlencoded(body)


def values(content_type: str, body: bytes) -> dict[str, bytes]:
    """Return the value of each field that is not a file; of several the last, as Django does."""
    found = fields(content_type, body)
    return {field.name: field.value for field in found if field.filename is None}


def _urlencoded(body: bytes) -> list[Field]:
    found = []
    for pair in body.split(b"&", MAX_FIELDS)[:MAX_FIELDS]:
        name, _, value = pair.partition(b"=")
        if name.strip():
            found.append(Field(name=_text(_unquoted(name)), value=_unquoted(value)))
    return found


def _unquoted(raw: bytes) -> bytes:
    return unquote_to_bytes(raw.replace(b"+", b" "))


def _multipart(content_type: str, body: bytes) -> list[Field]:
    """RFC 7578, with the delimiters of RFC 2046 section 5.1.1; a bare LF ends a line too."""
    boundary = _BOUNDARY.search(content_type)
    if boundary is None:
        return []
    delimiter = b"\n--" + (boundary[1] or boundary[2]).encode("utf-8", "replace")
    found = []
    for part in (b"\n" + body).split(delimiter, MAX_FIELDS + 1)[1 : MAX_FIELDS + 1]:
        if part.startswith(b"--"):
            break
        field = _part(part.removesuffix(b"\r"))
        if field is not None:
            found.append(field)
    return found


def _part(part: bytes) -> Field | None:
    blank = _BLANK_LINE.search(part)
    if blank is None:
        return None
    head = part[: blank.start()]
    disposition = _DISPOSITION.search(head)
    name = _NAME.search(disposition[1]) if disposition else None
    if disposition is None or name is None:
        return None
    filename = _FILENAME.search(disposition[1])
    kind = _CONTENT_TYPE.search(head)
    return Field(
        name=_text(name[1] or name[2] or b""),
        value=part[blank.end() :],
        filename=_text(filename[1] or filename[2] or b"") if filename else None,
        content_type=_text(kind[1]).strip() if kind else "",
    )


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
