"""What Brevo posts, and what we hear in it."""

from __future__ import annotations

import pytest

from crm_notify.rules.evidence import Blame, Kind
from crm_notify.rules.news import Reported
from crm_notify.rules.providers import read
from tests.rules.providers.expected import heard, table
from tests.rules.providers.recorded import read_one

TABLE = table(
    """
    blocked                rejected      75  example@domain.com  policy   -
    click                  clicked       0   example@domain.com  -        -
    complaint              complained    50  example@domain.com  -        -
    deferred-but-refused   bounced       90  example@domain.com  address  5.1.1
    deferred               deferred      30  example@domain.com  content  -
    delivered              delivered     50  example@domain.com  -        -
    error                  rejected      75  example@domain.com  unknown  -
    hard-bounce-refused    bounced       90  example@domain.com  address  5.5.0
    hard-bounce            bounced       90  example@domain.com  server   -
    invalid-email-refused  bounced       90  example@domain.com  address  5.1.3
    invalid-email          rejected      75  example@domain.com  address  -
    list-addition          other         0   example@domain.com  -        -
    opened                 opened        0   example@domain.com  -        -
    proxy-open             opened        0   example@domain.com  -        -
    request                sent          20  example@domain.com  -        -
    soft-bounce-no-mx      expired       80  example@domain.com  unknown  -
    soft-bounce            expired       80  example@domain.com  server   -
    spam                   complained    50  example@domain.com  -        -
    unique-opened          opened        0   example@domain.com  -        -
    unique-proxy-open      opened        0   example@domain.com  -        -
    unsubscribe            unsubscribed  50  example@domain.com  -        -
    """
)


@pytest.mark.parametrize("name", TABLE)
def test_every_event_is_heard_as_the_table_says(name: str) -> None:
    assert heard("brevo", name) == TABLE[name]


def test_a_refusal_that_brevo_calls_deferred_is_a_bounce() -> None:
    reading = read_one("brevo", "deferred-but-refused")
    assert (reading.kind, reading.blame) == (Kind.BOUNCED, Blame.ADDRESS)


def test_no_event_has_an_own_id() -> None:
    """Its "id" is the webhook's, the same in all events."""
    assert read_one("brevo", "hard-bounce").own_id == ""


def test_an_event_of_a_later_name_moves_nothing() -> None:
    reading = read("brevo", Reported(event_type="unknown", raw={"event": "teleported"}))
    assert (reading.kind, reading.raw_kind) == (Kind.OTHER, "teleported")
