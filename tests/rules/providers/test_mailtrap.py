"""What Mailtrap posts, and what we hear in it."""

from __future__ import annotations

import pytest

from crm_notify.rules.evidence import Blame, Kind
from crm_notify.rules.news import Reported
from crm_notify.rules.providers import read
from tests.rules.providers.expected import heard, table
from tests.rules.providers.recorded import read_one

TABLE = table(
    """
    bounce-hard     bounced       90  receiver@example.com  address  5.1.1
    bounce          bounced       90  receiver@example.com  policy   555
    click           clicked       0   receiver@example.com  -        -
    delivery        delivered     50  receiver@example.com  -        -
    open            opened        0   receiver@example.com  -        -
    reject-bounced  rejected      75  receiver@example.com  address  -
    reject          rejected      75  receiver@example.com  policy   -
    soft-bounce     deferred      30  receiver@example.com  server   4.7.1
    spam            complained    50  receiver@example.com  -        -
    suspension      unclear       40  receiver@example.com  sender   -
    unsubscribe     unsubscribed  50  receiver@example.com  -        -
    """
)


@pytest.mark.parametrize("name", TABLE)
def test_every_event_is_heard_as_the_table_says(name: str) -> None:
    assert heard("mailtrap", name) == TABLE[name]


def test_what_our_own_account_holds_back_is_unclear() -> None:
    """It may go out tomorrow: a later delivery must be able to win."""
    reading = read_one("mailtrap", "suspension")
    assert (reading.kind, reading.blame) == (Kind.UNCLEAR, Blame.SENDER)
    assert reading.text == "Your account has reached its daily sending limit."


def test_an_event_has_an_own_id() -> None:
    assert read_one("mailtrap", "bounce").own_id == "bede7236-2284-43d6-a953-1fdcafd0fdbc"


def test_an_event_of_a_later_name_moves_nothing() -> None:
    raw = {"event": "activity_log.user.login"}
    reading = read("mailtrap", Reported(event_type="unknown", raw=raw))
    assert (reading.kind, reading.raw_kind) == (Kind.OTHER, "activity_log.user.login")
