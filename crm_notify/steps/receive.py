"""Keep what came in, byte for byte, before anybody understands it."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from crm_notify.models import Receipt
from crm_notify.queue import wake
from crm_notify.rules.news import Posted
from crm_notify.rules.text import storable

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


def receive(posted: Posted) -> Receipt:
    """Store one request and wake the interpreter; committed when this returns outside a block."""
    now = timezone.now()
    with transaction.atomic():
        receipt = Receipt.objects.create(
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
            received_at=now,
            due_at=now,
        )
        wake("interpret")
    return receipt
