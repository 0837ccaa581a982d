"""What reached a provider, in one shape for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from email.header import decode_header, make_header
from email.utils import getaddresses
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Mailbox:
    """A name as a person reads it, and the address as it is delivered to."""

    name: str
    address: str


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """One message; ``headers`` have lower-case names, ``extra`` is whatever else a test asks."""

    sender: Mailbox
    to: tuple[Mailbox, ...]
    reply_to: tuple[Mailbox, ...]
    subject: str
    text: str
    html: str
    headers: Mapping[str, str]
    envelope: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    extra: Any = None


def plain(text: str) -> str:
    """A text without RFC 2047's encoded words."""
    return str(make_header(decode_header(text)))


def mailboxes(*texts: str) -> tuple[Mailbox, ...]:
    """The mailboxes of address headers."""
    return tuple(
        Mailbox(name=plain(name), address=address) for name, address in getaddresses(list(texts))
    )


def mailbox(entry: Mapping[str, str], name: str = "name", email: str = "email") -> Mailbox:
    """The mailbox that an object of an API holds."""
    return Mailbox(name=plain(entry.get(name, "")), address=entry[email])


def named(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Headers by lower-case name; none may come twice."""
    headers: dict[str, str] = {}
    for name, value in pairs:
        assert name.lower() not in headers, f"{name} came twice"
        headers[name.lower()] = value
    return headers
