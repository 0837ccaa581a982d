"""Read one message that came to the Return-Path: the detectors in their order, first hit wins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from crm_notify.rules import token
from crm_notify.rules.bounce.addresses import addresses
from crm_notify.rules.bounce.findings import one_line
from crm_notify.rules.bounce.notice import Notice, read_notice
from crm_notify.rules.bounce.replies import auto_reply, automatic, challenge, ordinary
from crm_notify.rules.bounce.reports import (
    challenge_report,
    delivery_status,
    disposition_report,
    feedback_report,
    status_in_words,
)
from crm_notify.rules.bounce.value import Bounce, BounceKind
from crm_notify.rules.bounce.weighing import plain_words

#: Most exact first. A detector answers None where the message is not its business.
DETECTORS: tuple[Callable[[Notice], Bounce | None], ...] = (
    feedback_report,
    challenge_report,
    delivery_status,
    status_in_words,
    disposition_report,
    plain_words,
    challenge,
    auto_reply,
    automatic,
)
_ABOUT_OUR_MAIL = (
    BounceKind.FAILURE,
    BounceKind.DELAY,
    BounceKind.DELIVERED,
    BounceKind.COMPLAINT,
)
_MAX_ID = 998


def classify(raw: bytes) -> Bounce:
    """Say what kind of message ``raw`` is, and what it says about the mail that we sent.

    Any bytes are read; nothing is raised. At most 256 KiB are looked at, in a time that is
    bounded by that. Nothing inside a returned or forwarded message is taken for the notice's own
    words; only its headers are read, for the token and the Message-ID.
    """
    notice = read_notice(raw)
    found = (bounce for detect in DETECTORS if (bounce := detect(notice)))
    bounce = next(found, None) or ordinary(notice)
    named = bounce.recipients
    if not named and bounce.kind in _ABOUT_OUR_MAIL:
        named = addresses(notice.returned.get("to"))
    return replace(
        bounce,
        recipients=named,
        token=_token(notice),
        message_id=one_line(notice.headers.get("message-id"), _MAX_ID),
        original_message_id=one_line(_original_message_id(notice), _MAX_ID),
    )


def _token(notice: Notice) -> str:
    carriers = [
        notice.returned.get("x-crm-notification"),
        *(block.get("original-envelope-id") for block in notice.status),
        *(block.get("x-postfix-sender") for block in notice.status),
        notice.returned.get("return-path"),
        notice.feedback.get("original-envelope-id"),
        notice.feedback.get("original-mail-from"),
    ]
    return next((found for text in carriers for found in token.find(text[:_MAX_ID])), "")


def _original_message_id(notice: Notice) -> str:
    return (
        notice.returned.get("message-id")
        or notice.disposition.get("original-message-id")
        or notice.headers.get("in-reply-to")
    )
