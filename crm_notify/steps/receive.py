"""Keep what came in, byte for byte, before anybody understands it."""

from __future__ import annotations

from django.utils import timezone

from crm_notify import database
from crm_notify.models import Receipt
from crm_notify.queue import wake
from crm_notify.rules.news import Posted
from crm_notify.rules.text import printable, storable

#: What is kept of a request's headers: what parsing and signatures need, never a credential.
KEPT_HEADERS = frozenset(
    {
        "content-type",
        "host",
        "mailtrap-signature",
        "signature",
        "svix-id",
        "svix-signature",
        "svix-timestamp",
        "user-agent",
        "x-amz-sns-message-id",
        "x-amz-sns-message-type",
        "x-amz-sns-topic-arn",
        "x-envelope-recipient",
        "x-envelope-sender",
        "x-mandrill-signature",
        "x-messagesystems-batch-id",
        "x-postal-signature",
        "x-twilio-email-event-webhook-signature",
        "x-twilio-email-event-webhook-timestamp",
    }
)


#: How many requests with a wrong signature are kept; a forger must not fill the database.
QUARANTINE = 500


def receive(posted: Posted, *, verdict: Receipt.Verdict = Receipt.Verdict.UNSIGNED) -> Receipt:
    """Store one request and wake the interpreter; committed when this returns outside a block."""
    receipt = receipt_of(posted, verdict=verdict)
    with database.atomic():
        receipt.save()
        wake("interpret")
    return receipt


def quarantine(posted: Posted, *, reason: str) -> Receipt | None:
    """Store a request whose signature is wrong, to be looked at; None where too many are kept.

    The same bytes are kept once: the provider comes again with them.
    """
    receipt = receipt_of(posted, verdict=Receipt.Verdict.WRONG)
    receipt.state, receipt.due_at = Receipt.State.QUARANTINED, None
    receipt.error = printable(reason, 1000)
    kept = Receipt.objects.filter(state=Receipt.State.QUARANTINED)
    if kept.filter(digest=receipt.digest).exists() or kept.count() >= QUARANTINE:
        return None
    receipt.save()
    return receipt


def receipt_of(posted: Posted, *, verdict: Receipt.Verdict) -> Receipt:
    """The row for a request, not saved yet; of its headers only what may be kept."""
    now = timezone.now()
    return Receipt(
        provider=posted.provider,
        via=posted.via,
        method=posted.method,
        url=storable(posted.url)[:2000],
        headers={
            name.lower(): storable(value)
            for name, value in posted.headers.items()
            if name.lower() in KEPT_HEADERS
        },
        body=posted.body,
        digest=posted.digest,
        verdict=verdict,
        received_at=now,
        due_at=now,
    )
