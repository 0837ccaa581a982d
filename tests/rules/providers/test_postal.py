"""What Postal posts, and what we hear in it."""

from __future__ import annotations

import pytest

from crm_notify.rules.evidence import Blame, Kind
from crm_notify.rules.news import Reported
from crm_notify.rules.providers import read
from tests.rules.providers.expected import heard, table
from tests.rules.providers.recorded import read_one

TABLE = table(
    """
    domain-dns-error                  other      0   -                 -        -
    incoming-message
    message-bounced                   bounced    90  test@example.com  unknown  -
    message-delayed                   deferred   30  test@example.com  policy   4.7.1
    message-delivery-failed-attempts  expired    80  test@example.com  server   -
    message-delivery-failed-domain    rejected   75  test@example.com  sender   -
    message-delivery-failed-spam      rejected   75  test@example.com  content  -
    message-delivery-failed           bounced    90  test@example.com  address  5.1.1
    message-held-limit                unclear    40  test@example.com  sender   -
    message-held-suppressed           rejected   75  test@example.com  address  -
    message-link-clicked              clicked    0   test@example.com  -        -
    message-loaded                    opened     0   test@example.com  -        -
    message-sent                      delivered  50  test@example.com  -        2.0.0
    send-limit-approaching            other      0   -                 -        -
    send-limit-exceeded               other      0   -                 -        -
    """
)


@pytest.mark.parametrize("name", TABLE)
def test_every_event_is_heard_as_the_table_says(name: str) -> None:
    assert heard("postal", name) == TABLE[name]


def test_a_held_message_may_still_be_released() -> None:
    reading = read_one("postal", "message-held-limit")
    assert (reading.kind, reading.blame) == (Kind.UNCLEAR, Blame.SENDER)


def test_a_bounce_is_heard_although_it_has_no_status() -> None:
    assert read_one("postal", "message-bounced").kind is Kind.BOUNCED


def test_the_uuid_of_a_webhook_is_the_same_on_every_attempt() -> None:
    assert read_one("postal", "message-bounced").own_id == "820b47a4-4dfd-42e4-ae6a-1e5bed5a33fd"


def test_an_event_of_a_later_name_moves_nothing() -> None:
    reading = read("postal", Reported(event_type="unknown", raw={"event": "MessageNew"}))
    assert (reading.kind, reading.raw_kind) == (Kind.OTHER, "MessageNew")
