"""What MailerSend posts, and what we hear in it."""

from __future__ import annotations

import pytest

from crm_notify.rules.evidence import Kind
from crm_notify.rules.news import Reported
from crm_notify.rules.providers import read
from tests.rules.providers.expected import heard, table
from tests.rules.providers.recorded import anymail_events, read_one, recorded

TABLE = table(
    """
    clicked-unique       clicked       0   test@example.com  -        -
    clicked              clicked       0   test@example.com  -        -
    deferred             deferred      30  test@example.com  unknown  -
    delivered            delivered     50  test@example.com  -        -
    hard-bounced-silent  bounced       90  test@example.com  address  -
    hard-bounced         bounced       90  test@example.com  address  -
    opened-unique        opened        0   test@example.com  -        -
    opened               opened        0   test@example.com  -        -
    sent                 sent          20  test@example.com  -        -
    soft-bounced-full    expired       80  test@example.com  mailbox  -
    soft-bounced         expired       80  test@example.com  unknown  -
    spam-complaint       complained    50  test@example.com  -        -
    survey-opened        other         0   test@example.com  -        -
    survey-submitted     other         0   test@example.com  -        -
    unsubscribed         unsubscribed  50  test@example.com  -        -
    """
)


@pytest.mark.parametrize("name", TABLE)
def test_every_event_is_heard_as_the_table_says(name: str) -> None:
    assert heard("mailersend", name) == TABLE[name]


def test_deferred_is_heard_although_anymail_does_not_know_it() -> None:
    [event] = anymail_events(recorded("mailersend", "deferred"))
    assert event.event_type == "unknown"
    assert read_one("mailersend", "deferred").kind is Kind.DEFERRED


def test_an_activity_has_an_own_id() -> None:
    assert read_one("mailersend", "hard-bounced").own_id == "5fc0d003f29ec02fb50d4d0e"


def test_an_event_of_a_later_name_moves_nothing() -> None:
    reading = read("mailersend", Reported(event_type="unknown", raw={"type": "activity.new"}))
    assert (reading.kind, reading.raw_kind) == (Kind.OTHER, "activity.new")
