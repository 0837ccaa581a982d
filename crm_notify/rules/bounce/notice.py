"""A message as the detectors see it: what the notice itself says, apart from what it returns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from crm_notify.rules.bounce.copies import before_copy
from crm_notify.rules.bounce.decoding import header_text
from crm_notify.rules.bounce.fields import NO_FIELDS, Fields, read_blocks, read_fields
from crm_notify.rules.bounce.mime import Part, parameters, split
from crm_notify.rules.bounce.phrases import PHRASES, Topic
from crm_notify.rules.bounce.transcripts import Answer, answers
from crm_notify.rules.bounce.wording import fold, occurs, without_tags

MAX_TEXT = 16 * 1024
MAX_BLOCKS = 200
_RETURNED = frozenset(
    "message/rfc822 message/global message/global-headers text/rfc822-headers text/rfc822".split()
)
_STATUS = frozenset(("message/delivery-status", "message/global-delivery-status"))
_DISPOSITION = frozenset(
    ("message/disposition-notification", "message/global-disposition-notification")
)
_REPLY_PREFIX = re.compile(
    r"(?:re|aw|sv|antw|rif|res|odp|vs|ynt|回复|答复|fwd?|wg|tr|rv|vb|enc|转发|转寄)(?:\[\d+\])?\s?[:\uff1a]"
)


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One message, taken apart; nothing in it has been judged yet."""

    headers: Fields
    report_type: str
    #: What the notice says in words, up to where the returned copy begins; at most 16 KiB.
    text: str
    #: The groups of fields of a delivery status notification (RFC 3464).
    status: tuple[Fields, ...] = ()
    feedback: Fields = NO_FIELDS
    disposition: Fields = NO_FIELDS
    #: The headers of the returned copy.
    returned: Fields = NO_FIELDS
    has_copy: bool = False

    @cached_property
    def subject(self) -> str:
        """The subject, folded."""
        return fold(header_text(self.headers.get("subject")[:2000]))

    @cached_property
    def sender(self) -> str:
        """The From header, folded."""
        return fold(header_text(self.headers.get("from")[:2000]))

    @cached_property
    def folded(self) -> str:
        """What the notice says in words, folded."""
        return fold(self.text)[:MAX_TEXT]

    @cached_property
    def told(self) -> list[Answer]:
        """The entries in the text that tell why, the most telling first."""
        return answers(self.text)

    @property
    def is_reply(self) -> bool:
        """Whether the subject is that of a reply or of something forwarded."""
        return _REPLY_PREFIX.match(self.subject) is not None

    @cached_property
    def from_daemon(self) -> bool:
        """Whether the sender calls himself a mail system."""
        return self.sender == "<>" or occurs(PHRASES[Topic.DAEMON], self.sender)

    @property
    def from_machine(self) -> bool:
        """Whether anything but the words says that a mail system wrote this.

        A null Return-Path does not: auto-responders use it, too (RFC 3834 section 3.3).
        """
        return (
            self.from_daemon
            or "x-failed-recipients" in self.headers
            or self.report_type == "delivery-status"
        )

    @property
    def null_return_path(self) -> bool:
        """Whether the envelope sender is empty, as RFC 5321 section 4.5.5 wants of a notice."""
        path = self.headers.get("return-path").strip("<> \t").lower()
        return path.startswith("mailer-daemon") or ("return-path" in self.headers and not path)


def read_notice(raw: bytes) -> Notice:
    """Take a message apart. Any bytes will do."""
    headers, parts = split(raw)
    copy = _first(parts, _RETURNED)
    index = parts.index(copy) if copy else len(parts)
    text, rest = before_copy(_words(parts[:index]) or _words(parts[index:]))
    text = text[:MAX_TEXT]
    status = [part.text for part in parts if part.type in _STATUS]
    returned = read_fields(_head(copy.text)) if copy else rest
    return Notice(
        headers=headers,
        report_type=parameters(headers.get("content-type")).get("report-type", "").lower(),
        text=text,
        status=tuple(read_blocks("\n\n".join(status), MAX_BLOCKS)),
        feedback=_fields(parts, frozenset(("message/feedback-report",))),
        disposition=_fields(parts, _DISPOSITION),
        returned=returned,
        has_copy=copy is not None or bool(rest.pairs),
    )


def _head(copy: str) -> str:
    """Return the lines of the headers of a returned message; Zoho indents all of them."""
    head = copy.lstrip("\n").partition("\n\n")[0]
    return head[1:].replace("\n ", "\n") if head[:1] == " " else head


def _words(parts: Sequence[Part]) -> str:
    """Return the plain text of the parts; where there is none, the text of their HTML."""
    plain = "\n\n".join(part.text for part in parts if part.type == "text/plain")
    if not plain.strip():
        html = "\n\n".join(part.text for part in parts if part.type == "text/html")
        plain = without_tags(html[: 4 * MAX_TEXT])
    return plain[: 2 * MAX_TEXT]


def _fields(parts: Sequence[Part], types: frozenset[str]) -> Fields:
    part = _first(parts, types)
    return read_fields(part.text.strip("\n").replace("\n\n", "\n")) if part else NO_FIELDS


def _first(parts: Sequence[Part], types: frozenset[str]) -> Part | None:
    return next((part for part in parts if part.type in types), None)
