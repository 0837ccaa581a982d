"""What Unisender Go posts, and what we hear in it."""

from __future__ import annotations

import pytest

from crm_notify.rules.evidence import Blame, Kind
from crm_notify.rules.news import Reported
from crm_notify.rules.providers import read
from tests.rules.providers.expected import heard, table

TABLE = table(
    """
    accepted                        sent          20  recipient.email@example.com  -        -
    clicked                         clicked       0   recipient.email@example.com  -        -
    delivered                       delivered     50  recipient.email@example.com  -        2.0.0
    hard-blacklisted                bounced       90  recipient.email@example.com  policy   5.7.1
    hard-bounced                    bounced       90  recipient.email@example.com  unknown  -
    hard-delivery-failed            bounced       90  recipient.email@example.com  server   5.3.5
    hard-destination-misconfigured  bounced       90  recipient.email@example.com  server   5.4.6
    hard-domain-inactive            bounced       90  recipient.email@example.com  address  5.1.2
    hard-lost                       rejected      75  recipient.email@example.com  server   -
    hard-mailbox-discarded          bounced       90  recipient.email@example.com  address  550
    hard-mailbox-full               expired       80  recipient.email@example.com  mailbox  5.2.2
    hard-skip-letter                rejected      75  recipient.email@example.com  mailbox  -
    hard-spam-rejected              bounced       90  recipient.email@example.com  policy   550
    hard-spam-skipped               rejected      75  recipient.email@example.com  policy   -
    hard-too-large                  bounced       90  recipient.email@example.com  content  5.3.4
    hard-unreachable                rejected      75  recipient.email@example.com  address  -
    hard-unsubscribed               rejected      75  recipient.email@example.com  policy   -
    hard-user-inactive              bounced       90  recipient.email@example.com  address  550
    hard-user-unknown               bounced       90  recipient.email@example.com  address  5.1.1
    opened                          opened        0   recipient.email@example.com  -        -
    sent                            sent          20  recipient.email@example.com  -        -
    single-event                    bounced       90  recipient.email@example.com  address  5.1.1
    soft-bounced                    deferred      30  recipient.email@example.com  policy   4.7.1
    spam                            complained    50  recipient.email@example.com  -        -
    subscribed                      other         0   recipient.email@example.com  -        -
    unsubscribed                    unsubscribed  50  recipient.email@example.com  -        -
    """
)


@pytest.mark.parametrize("name", TABLE)
def test_every_event_is_heard_as_the_table_says(name: str) -> None:
    assert heard("unisender_go", name) == TABLE[name]


def test_both_shapes_of_the_payload_are_heard() -> None:
    assert heard("unisender_go", "single-event") == heard("unisender_go", "hard-user-unknown")


def test_a_hard_bounce_of_a_later_status_is_still_a_failure() -> None:
    raw = {"status": "hard_bounced", "delivery_info": {"delivery_status": "err_new"}}
    reading = read("unisender_go", Reported(event_type="bounced", raw=raw))
    assert (reading.kind, reading.blame) == (Kind.BOUNCED, Blame.UNKNOWN)
    assert (reading.raw_kind, reading.text) == ("hard_bounced/err_new", "err_new")


def test_a_status_of_a_later_year_moves_nothing() -> None:
    reading = read("unisender_go", Reported(event_type="unknown", raw={"status": "teleported"}))
    assert (reading.kind, reading.raw_kind) == (Kind.OTHER, "teleported")
