"""What SparkPost posts, and what we hear in it."""

from __future__ import annotations

import pytest

from crm_notify.rules.evidence import Blame, Kind
from crm_notify.rules.news import Reading, Reported
from crm_notify.rules.providers import read
from tests.rules.providers.expected import heard, table
from tests.rules.providers.recorded import anymail_events, read_one, recorded

TABLE = table(
    """
    amp-click             clicked       0   recipient@example.com  -        -
    amp-initial-open      opened        0   recipient@example.com  -        -
    amp-open              opened        0   recipient@example.com  -        -
    bounce-1              bounced       90  recipient@example.com  unknown  5.0.0
    bounce-10             bounced       90  recipient@example.com  address  5.1.1
    bounce-20             expired       80  recipient@example.com  mailbox  4.0.0
    bounce-21             expired       80  recipient@example.com  server   4.4.4
    bounce-22             expired       80  recipient@example.com  mailbox  5.2.2
    bounce-23             expired       80  recipient@example.com  content  5.3.4
    bounce-24             expired       80  recipient@example.com  server   4.4.7
    bounce-25             rejected      75  recipient@example.com  policy   5.7.1
    bounce-26             rejected      75  recipient@example.com  policy   5.7.1
    bounce-30             bounced       90  recipient@example.com  address  5.0.0
    bounce-40             expired       80  recipient@example.com  server   451
    bounce-50             bounced       90  recipient@example.com  policy   5.7.1
    bounce-51             bounced       90  recipient@example.com  policy   5.7.1
    bounce-52             bounced       90  recipient@example.com  content  5.7.1
    bounce-53             bounced       90  recipient@example.com  content  5.7.0
    bounce-54             bounced       90  recipient@example.com  policy   5.7.1
    bounce-60             unclear       40  recipient@example.com  unknown  550
    bounce-70             expired       80  recipient@example.com  server   4.3.2
    click                 clicked       0   recipient@example.com  -        -
    delay                 deferred      30  recipient@example.com  server   4.4.4
    delivery              delivered     50  recipient@example.com  -        -
    generation-failure    rejected      75  recipient@example.com  content  5.3.3
    generation-rejection  rejected      75  recipient@example.com  policy   5.7.1
    initial-open          opened        0   recipient@example.com  -        -
    injection             sent          20  recipient@example.com  -        -
    link-unsubscribe      unsubscribed  50  recipient@example.com  -        -
    list-unsubscribe      unsubscribed  50  recipient@example.com  -        -
    open                  opened        0   recipient@example.com  -        -
    out-of-band-10        bounced       90  recipient@example.com  address  550
    out-of-band-100       unclear       40  recipient@example.com  unknown  -
    out-of-band-60        auto_replied  50  recipient@example.com  -        -
    out-of-band-80        other         0   recipient@example.com  -        -
    out-of-band-90        unsubscribed  50  recipient@example.com  -        -
    out-of-band-999       bounced       90  recipient@example.com  address  550
    ping
    policy-rejection      rejected      75  recipient@example.com  policy   5.7.1
    sms-status            other         0   recipient@example.com  -        -
    spam-complaint        complained    50  recipient@example.com  -        -
    """
)


@pytest.mark.parametrize("name", TABLE)
def test_every_event_is_heard_as_the_table_says(name: str) -> None:
    assert heard("sparkpost", name) == TABLE[name]


def test_a_reply_inside_the_session_was_a_refusal() -> None:
    """Anymail calls class 60 an auto-reply wherever it came; counted so, it would be a delivery."""
    [event] = anymail_events(recorded("sparkpost", "bounce-60"))
    assert event.event_type == "autoresponded"
    assert read_one("sparkpost", "bounce-60").kind is Kind.UNCLEAR
    assert read_one("sparkpost", "out-of-band-60").kind is Kind.AUTO_REPLIED


def test_a_spam_block_for_want_of_authentication_is_our_own_fault() -> None:
    event = {
        "type": "bounce",
        "bounce_class": "51",
        "raw_reason": "550 5.7.26 This mail is unauthenticated, which poses a security risk",
    }
    raw = {"msys": {"message_event": event}}
    assert read("sparkpost", Reported(event_type="bounced", raw=raw)).blame is Blame.SENDER


def test_a_bounce_of_a_later_class_is_still_a_failure() -> None:
    event = {"type": "bounce", "bounce_class": 777, "raw_reason": "no"}
    raw = {"msys": {"message_event": event}}
    reading = read("sparkpost", Reported(event_type="bounced", raw=raw))
    assert (reading.kind, reading.blame) == (Kind.BOUNCED, Blame.UNKNOWN)
    assert reading.raw_kind == "bounce/777"


def test_the_code_and_the_text_come_from_where_the_event_has_them() -> None:
    def bounce(**fields: str) -> Reading:
        event = {"type": "bounce", "bounce_class": "1", **fields}
        raw = {"msys": {"message_event": event}}
        return read("sparkpost", Reported(event_type="bounced", raw=raw))

    assert bounce(error_code="550").code == "550"
    assert bounce(reason="no", raw_reason="no, said the server").text == "no, said the server"
    assert bounce(reason="no").text == "no"


def test_an_event_has_an_own_id() -> None:
    assert read_one("sparkpost", "delivery").own_id == "92356927693813856"
