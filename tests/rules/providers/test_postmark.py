"""What Postmark posts, and what we hear in it."""

from __future__ import annotations

import pytest

from crm_notify.rules.evidence import Blame, Kind
from crm_notify.rules.news import Reported
from crm_notify.rules.providers import read
from tests.rules.providers.expected import heard, table
from tests.rules.providers.recorded import anymail_events, read_one, recorded

TABLE = table(
    """
    bounce-address-change                  auto_replied  50  john@example.com  -        -
    bounce-auto-responder                  auto_replied  50  john@example.com  -        -
    bounce-bad-email-address               rejected      75  john@example.com  address  -
    bounce-blocked                         bounced       90  john@example.com  policy   5.7.1
    bounce-challenge-verification          unclear       40  john@example.com  unknown  -
    bounce-dmarc-policy                    rejected      75  john@example.com  sender   -
    bounce-dns-error                       deferred      30  john@example.com  server   -
    bounce-hard-bounce                     bounced       90  john@example.com  address  5.1.1
    bounce-inbound-error                   other         0   john@example.com  -        -
    bounce-manually-deactivated            rejected      75  john@example.com  policy   -
    bounce-of-a-later-type                 bounced       90  john@example.com  unknown  -
    bounce-open-relay-test                 other         0   john@example.com  -        -
    bounce-smtp-api-error                  rejected      75  john@example.com  sender   -
    bounce-soft-bounce                     expired       80  john@example.com  mailbox  -
    bounce-spam-complaint                  complained    50  john@example.com  -        -
    bounce-spam-notification               bounced       90  john@example.com  policy   5.7.1
    bounce-subscribe                       other         0   john@example.com  -        -
    bounce-template-rendering-failed       rejected      75  john@example.com  content  -
    bounce-transient                       deferred      30  john@example.com  server   4.4.1
    bounce-unconfirmed                     rejected      75  john@example.com  sender   -
    bounce-unknown                         bounced       90  john@example.com  unknown  -
    bounce-unsubscribe                     unsubscribed  50  john@example.com  -        -
    bounce-virus-notification              bounced       90  john@example.com  content  -
    click                                  clicked       0   john@example.com  -        -
    delivery                               delivered     50  john@example.com  -        2.0.0
    open                                   opened        0   john@example.com  -        -
    spam-complaint                         complained    50  john@example.com  -        -
    subscription-change-customer           other         0   john@example.com  -        -
    subscription-change-hard-bounce        bounced       90  john@example.com  address  -
    subscription-change-of-a-later-reason  other         0   john@example.com  -        -
    subscription-change-reactivated        other         0   john@example.com  -        -
    subscription-change-recipient          unsubscribed  50  john@example.com  -        -
    subscription-change-spam-complaint     complained    50  john@example.com  -        -
    """
)


@pytest.mark.parametrize("name", TABLE)
def test_every_event_is_heard_as_the_table_says(name: str) -> None:
    assert heard("postmark", name) == TABLE[name]


def test_an_explanation_with_examples_blames_nobody() -> None:
    """Every hard bounce is described as "(ex: unknown user, mailbox not found)"."""
    raw = {
        "RecordType": "Bounce",
        "Type": "HardBounce",
        "Description": "The server was unable to deliver your message (ex: unknown user).",
        "Details": "smtp;552 5.7.0 Our filter refused the message for its policy",
    }
    reading = read("postmark", Reported(event_type="bounced", raw=raw))
    assert (reading.blame, reading.code) == (Blame.POLICY, "5.7.0")


def test_a_spam_notification_is_no_delivery() -> None:
    """Anymail calls it a complaint, which would count as one."""
    [event] = anymail_events(recorded("postmark", "bounce-spam-notification"))
    assert event.event_type == "complained"
    assert read_one("postmark", "bounce-spam-notification").kind is Kind.BOUNCED


def test_a_challenge_has_told_nobody() -> None:
    assert read_one("postmark", "bounce-challenge-verification").kind is Kind.UNCLEAR


def test_only_the_recipients_own_click_is_an_unsubscription() -> None:
    assert read_one("postmark", "subscription-change-recipient").kind is Kind.UNSUBSCRIBED
    assert read_one("postmark", "subscription-change-customer").kind is Kind.OTHER


def test_a_bounce_has_an_own_id_of_nineteen_digits_and_a_delivery_has_none() -> None:
    assert read_one("postmark", "bounce-hard-bounce").own_id == "4323372036854775807"
    assert read_one("postmark", "delivery").own_id == ""


def test_the_explanation_of_a_type_is_shown_where_the_server_said_nothing() -> None:
    raw = {"RecordType": "Bounce", "Type": "HardBounce", "Description": "Unable to deliver"}
    assert read("postmark", Reported(event_type="bounced", raw=raw)).text == "Unable to deliver"


def test_an_event_of_a_later_name_moves_nothing() -> None:
    reading = read("postmark", Reported(event_type="unknown", raw={"RecordType": "New"}))
    assert (reading.kind, reading.raw_kind) == (Kind.OTHER, "New")
