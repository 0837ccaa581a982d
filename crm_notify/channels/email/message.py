"""A mail as Django's and Anymail's back ends take it."""

from __future__ import annotations

import email.message
import email.policy
from email.header import Header
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from typing import Any

import django
from django.core.mail import EmailMultiAlternatives


class _AsItIs(UnstructuredHeader, BaseHeader):
    """A header whose value is machine-read: it may begin on the next line, and is never encoded."""

    def fold(self, *, policy: email.policy.Policy) -> str:
        line = f"{self.name}: {self}"
        if len(line) > (policy.max_line_length or len(line)):
            line = f"{self.name}:{policy.linesep} {self}"
        return line + policy.linesep


class _Words(UnstructuredHeader, BaseHeader):
    """A header for people, encoded by the older code of the standard library.

    The newer loses spaces of a long text that is not ASCII, until Python 3.13
    (github.com/python/cpython/issues/92081), and decodes what looks like an encoded word in what
    people wrote: it could hold a line break.
    """

    @classmethod
    def parse(cls, value: str, kwds: dict[str, Any]) -> None:
        super().parse(value, kwds)
        kwds["decoded"] = value

    def fold(self, *, policy: email.policy.Policy) -> str:
        charset = "us-ascii" if self.isascii() and "=?" not in self else "utf-8"
        words = Header(self, charset, policy.max_line_length, self.name)
        return f"{self.name}: {words.encode(linesep=policy.linesep)}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("subject", _Words)
for _name in ("in-reply-to", "references", "list-unsubscribe"):
    _HEADERS.map_to_type(_name, _AsItIs)


class Letter(EmailMultiAlternatives):
    """A mail, with what Anymail reads from it where it is set."""

    metadata: dict[str, str]
    tags: list[str]
    envelope_sender: str
    esp_extra: dict[str, object]

    if django.VERSION >= (6, 0):

        def message(self, *, policy: Any = email.policy.default) -> email.message.EmailMessage:
            """Build the MIME message.

            Since Django 6.0 the standard library folds the headers, and writes a long word of an
            unstructured one as encoded words (RFC 2047), which no program reads in the address
            of a List-Unsubscribe or the ids of References.
            """
            return super().message(policy=policy.clone(header_factory=_HEADERS))
