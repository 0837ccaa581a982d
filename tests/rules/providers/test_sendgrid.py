"""What SendGrid posts, and what we hear in it."""

from __future__ import annotations

import pytest

from crm_notify.rules.evidence import Blame, Kind
from crm_notify.rules.news import Reported
from crm_notify.rules.providers import read
from tests.rules.providers.expected import heard, table
from tests.rules.providers.recorded import read_one

TABLE = table(
    """
    account-status-change      other         0   -                 -        -
    blocked-dmarc              bounced       90  example@test.com  sender   5.7.26
    blocked-no-mx              expired       80  example@test.com  server   -
    blocked-without-a-word     bounced       90  example@test.com  policy   5.0.0
    blocked                    bounced       90  example@test.com  address  5.0.0
    bounce-classified          bounced       90  example@test.com  content  5.7.1
    bounce                     bounced       90  example@test.com  address  5.0.0
    click                      clicked       0   example@test.com  -        -
    deferred                   deferred      30  example@test.com  server   400
    delivered                  delivered     50  example@test.com  -        -
    dropped-of-a-later-reason  rejected      75  example@test.com  unknown  -
    dropped-unsubscribed       rejected      75  example@test.com  policy   -
    dropped                    rejected      75  example@test.com  address  -
    group-resubscribe          other         0   example@test.com  -        -
    group-unsubscribe          unsubscribed  50  example@test.com  -        -
    open                       opened        0   example@test.com  -        -
    processed                  sent          20  example@test.com  -        -
    spamreport                 complained    50  example@test.com  -        -
    test-of-the-webhook
    unsubscribe                unsubscribed  50  example@test.com  -        -
    """
)


@pytest.mark.parametrize("name", TABLE)
def test_every_event_is_heard_as_the_table_says(name: str) -> None:
    assert heard("sendgrid", name) == TABLE[name]


def test_a_domain_without_mail_server_is_not_taken_for_our_fault() -> None:
    """The text speaks of PTR records, which is what servers say about a sender's host."""
    reading = read_one("sendgrid", "blocked-no-mx")
    assert (reading.kind, reading.blame) == (Kind.EXPIRED, Blame.SERVER)


@pytest.mark.parametrize(
    ("classification", "blame"),
    [("Invalid Address", Blame.ADDRESS), ("Mailbox Unavailable", Blame.MAILBOX)],
)
def test_the_classification_speaks_where_the_server_did_not(
    classification: str, blame: Blame
) -> None:
    raw = {"event": "bounce", "type": "bounce", "bounce_classification": classification}
    assert read("sendgrid", Reported(event_type="bounced", raw=raw)).blame is blame


def test_what_was_tried_in_vain_has_expired() -> None:
    for kind in ("expired", "blocked"):
        raw = {"event": "bounce", "type": kind, "reason": "452 4.3.1 try later"}
        assert read("sendgrid", Reported(event_type="bounced", raw=raw)).kind is Kind.EXPIRED


def test_a_drop_asked_no_server_so_it_has_no_code() -> None:
    assert read_one("sendgrid", "dropped").code == ""


def test_the_event_id_is_not_trusted_to_stay() -> None:
    assert read_one("sendgrid", "bounce").own_id == ""


def test_an_event_of_a_later_name_moves_nothing() -> None:
    reading = read("sendgrid", Reported(event_type="unknown", raw={"event": "teleported"}))
    assert (reading.kind, reading.raw_kind) == (Kind.OTHER, "teleported")
