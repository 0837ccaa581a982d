"""What Anymail's signals bring is kept as bytes, and read again as if it had been posted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from anymail.inbound import AnymailInboundMessage
from anymail.signals import AnymailInboundEvent, AnymailTrackingEvent
from django.http import QueryDict

from crm_notify.channels.webhooks import parse, posted_inbound, posted_tracking
from crm_notify.rules.news import InboundMail, Posted
from tests.channels.webhooks import posts
from tests.channels.webhooks.posts import JOHN, OURS, TOKEN


def tracking(**changes: Any) -> AnymailTrackingEvent:
    fields = {
        "event_type": "bounced",
        "timestamp": datetime(2025, 10, 9, 8, 53, 20, tzinfo=UTC),
        "message_id": "sparkpost-1",
        "recipient": JOHN,
        "metadata": {"crm_notify": TOKEN},
        "mta_response": "550 5.1.1 user unknown",
        "esp_event": posts.SPARKPOST_BOUNCE,
    }
    return AnymailTrackingEvent(**{**fields, **changes})


def test_an_event_is_read_from_a_signal_as_from_a_post() -> None:
    by_signal = parse(posted_tracking("sparkpost", tracking()))
    by_post = parse(posts.BOUNCES["sparkpost"][0])
    assert by_signal == by_post


def test_an_event_without_a_time_and_with_a_form_as_its_source_is_kept() -> None:
    form = QueryDict("event=bounced&code=550")
    event = tracking(timestamp=None, esp_event=form, metadata=None, tags=[None])
    (heard,) = parse(posted_tracking("mailgun", event)).heard
    assert heard.occurred_at is None
    assert heard.metadata_token == ""


def inbound(recipient: str | None, to: str = "") -> AnymailInboundEvent:
    message = AnymailInboundMessage.construct(to=to or None, subject="Undelivered", text="x")
    message.envelope_recipient = recipient
    return AnymailInboundEvent(event_type="inbound", message=message)


def test_a_mail_to_one_of_our_envelope_senders_is_kept() -> None:
    for event in [inbound(OURS), inbound(None, to=OURS)]:
        posted = posted_inbound("brevo", event)
        assert posted is not None
        (mail,) = parse(posted).mails
        assert mail.envelope_recipient == OURS
        assert mail.envelope_sender == ""
        assert b"Subject: Undelivered" in mail.raw


def test_a_mail_to_somebody_else_is_not_ours_to_keep() -> None:
    assert posted_inbound("brevo", inbound("janet@crm.example")) is None


def test_a_mail_that_came_in_whole_is_read_as_it_is() -> None:
    posted = Posted(provider="", via="mail", method="", url="", headers={}, body=b"Subject: x\n")
    assert parse(posted).mails == (InboundMail(raw=b"Subject: x\n"),)


def test_what_was_kept_and_cannot_be_read_says_so() -> None:
    posted = Posted(provider="", via="signal", method="", url="", headers={}, body=b"{")
    (unreadable,) = parse(posted).unreadable
    assert unreadable.error
