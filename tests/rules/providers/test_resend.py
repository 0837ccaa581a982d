"""What Resend posts, and what we hear in it."""

from __future__ import annotations

import pytest

from crm_notify.rules.evidence import Blame, Kind
from crm_notify.rules.news import Reported
from crm_notify.rules.providers import read
from tests.rules.providers.expected import heard, table
from tests.rules.providers.recorded import anymail_events, read_one, recorded

TABLE = table(
    """
    bounced-before-types-suppressed  rejected    75  delivered@resend.dev  address  -
    bounced-before-types             bounced     90  delivered@resend.dev  address  -
    bounced-permanent                bounced     90  delivered@resend.dev  address  5.5.0
    bounced-suppressed               rejected    75  delivered@resend.dev  address  -
    bounced-transient-full           expired     80  delivered@resend.dev  mailbox  -
    bounced-transient-general        unclear     40  delivered@resend.dev  unknown  -
    bounced-undetermined             bounced     90  delivered@resend.dev  unknown  -
    clicked                          clicked     0   delivered@resend.dev  -        -
    complained                       complained  50  delivered@resend.dev  -        -
    contact-created                  other       0   -                     -        -
    delivered                        delivered   50  delivered@resend.dev  -        -
    delivery-delayed                 deferred    30  delivered@resend.dev  unknown  -
    failed                           rejected    75  delivered@resend.dev  sender   -
    opened                           opened      0   delivered@resend.dev  -        -
    scheduled                        other       0   delivered@resend.dev  -        -
    sent                             sent        20  delivered@resend.dev  -        -
    suppressed-other                 rejected    75  delivered@resend.dev  policy   -
    suppressed                       rejected    75  delivered@resend.dev  address  -
    """
)


@pytest.mark.parametrize("name", TABLE)
def test_every_event_is_heard_as_the_table_says(name: str) -> None:
    assert heard("resend", name) == TABLE[name]


def test_a_general_transient_bounce_may_be_an_auto_reply() -> None:
    assert read_one("resend", "bounced-transient-general").kind is Kind.UNCLEAR


def test_the_servers_answer_is_shown_where_resend_passes_it_on() -> None:
    reading = read_one("resend", "bounced-permanent")
    assert reading.text == "smtp; 550 5.5.0 Requested action not taken: mailbox unavailable"


@pytest.mark.parametrize("name", ["failed", "suppressed"])
def test_what_was_never_sent_is_rejected_although_anymail_does_not_know_it(name: str) -> None:
    [event] = anymail_events(recorded("resend", name))
    assert event.event_type == "unknown"
    assert read_one("resend", name).kind is Kind.REJECTED


def test_why_nothing_was_sent_is_shown() -> None:
    assert read_one("resend", "failed").text == "reached_daily_quota"
    assert read_one("resend", "suppressed").text.startswith("Resend has suppressed sending")


def test_a_bounce_without_type_and_words_is_still_a_failure() -> None:
    raw = {"type": "email.bounced", "data": {"bounce": None}}
    reading = read("resend", Reported(event_type="bounced", raw=raw))
    assert (reading.kind, reading.blame) == (Kind.BOUNCED, Blame.UNKNOWN)


def test_a_suppression_without_a_reason_is_still_one() -> None:
    raw = {"type": "email.suppressed", "data": {}}
    reading = read("resend", Reported(event_type="unknown", raw=raw))
    assert (reading.kind, reading.raw_kind) == (Kind.REJECTED, "email.suppressed")
