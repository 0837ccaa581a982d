"""What Mailjet posts, and what we hear in it."""

from __future__ import annotations

import pytest

from crm_notify.rules.evidence import Blame, Kind
from crm_notify.rules.news import Reported
from crm_notify.rules.providers import read
from tests.rules.providers.expected import heard, table
from tests.rules.providers.recorded import read_one

TABLE = table(
    """
    blocked-duplicate        rejected      75  api@mailjet.com  sender   -
    blocked-preblocked       rejected      75  api@mailjet.com  address  -
    blocked-sender-blocked   rejected      75  api@mailjet.com  sender   -
    blocked-user-unknown     rejected      75  api@mailjet.com  address  -
    bounce-connection-issue  expired       80  api@mailjet.com  server   -
    bounce-greylisted        deferred      30  api@mailjet.com  policy   -
    bounce-no-mail-host      bounced       90  api@mailjet.com  address  -
    bounce-policy-issue      bounced       90  api@mailjet.com  sender   5.7.26
    bounce-quota-exceeded    expired       80  api@mailjet.com  mailbox  -
    bounce-unknown-error     bounced       90  api@mailjet.com  unknown  -
    bounce-user-unknown      bounced       90  api@mailjet.com  address  -
    click                    clicked       0   api@mailjet.com  -        -
    grouped                  delivered     50  api@mailjet.com  -        2.0.0
    grouped                  delivered     50  api@mailjet.com  -        2.0.0
    open                     opened        0   api@mailjet.com  -        -
    sent                     delivered     50  api@mailjet.com  -        2.0.0
    spam                     complained    50  api@mailjet.com  -        -
    unsub                    unsubscribed  50  api@mailjet.com  -        -
    """
)


@pytest.mark.parametrize("name", TABLE)
def test_every_event_is_heard_as_the_table_says(name: str) -> None:
    assert heard("mailjet", name) == TABLE[name]


def test_sent_is_mailjets_word_for_delivered() -> None:
    assert read_one("mailjet", "sent").kind is Kind.DELIVERED


def test_a_policy_refusal_of_an_unauthenticated_sender_is_our_own_fault() -> None:
    assert read_one("mailjet", "bounce-policy-issue").blame is Blame.SENDER


def test_an_event_of_a_later_name_moves_nothing() -> None:
    reading = read("mailjet", Reported(event_type="unknown", raw={"event": "teleported"}))
    assert (reading.kind, reading.raw_kind) == (Kind.OTHER, "teleported")
