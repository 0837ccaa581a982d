"""What Mandrill posts, and what we hear in it."""

from __future__ import annotations

import pytest

from crm_notify.rules.evidence import Blame, Kind
from crm_notify.rules.news import Reported
from crm_notify.rules.providers import read
from tests.rules.providers.expected import heard, table
from tests.rules.providers.recorded import read_one

TABLE = table(
    """
    batch                       sent          20  example.webhook@mandrillapp.com  -        -
    batch                       deferred      30  example.webhook@mandrillapp.com  server   4.3.5
    batch                       bounced       90  example.webhook@mandrillapp.com  address  5.1.1
    batch                       expired       80  example.webhook@mandrillapp.com  mailbox  5.2.2
    batch                       opened        0   example.webhook@mandrillapp.com  -        -
    batch                       clicked       0   example.webhook@mandrillapp.com  -        -
    batch                       complained    50  example.webhook@mandrillapp.com  -        -
    batch                       unsubscribed  50  example.webhook@mandrillapp.com  -        -
    batch                       rejected      75  example.webhook@mandrillapp.com  unknown  -
    click                       clicked       0   example.webhook@mandrillapp.com  -        -
    deferral                    deferred      30  example.webhook@mandrillapp.com  server   4.3.5
    hard-bounce-no-class        bounced       90  example.webhook@mandrillapp.com  sender   5.7.26
    hard-bounce                 bounced       90  example.webhook@mandrillapp.com  address  5.1.1
    open                        opened        0   example.webhook@mandrillapp.com  -        -
    reject-unsigned             rejected      75  example.webhook@mandrillapp.com  sender   -
    reject                      rejected      75  example.webhook@mandrillapp.com  unknown  -
    send                        sent          20  example.webhook@mandrillapp.com  -        -
    soft-bounce-auto-reply      unclear       40  example.webhook@mandrillapp.com  unknown  -
    soft-bounce-invalid-domain  expired       80  example.webhook@mandrillapp.com  server   -
    soft-bounce                 expired       80  example.webhook@mandrillapp.com  mailbox  5.2.2
    spam                        complained    50  example.webhook@mandrillapp.com  -        -
    sync-blacklist              other         0   example.webhook@mandrillapp.com  -        -
    sync-whitelist              other         0   -                                -        -
    unsub                       unsubscribed  50  example.webhook@mandrillapp.com  -        -
    """
)


@pytest.mark.parametrize("name", TABLE)
def test_every_event_is_heard_as_the_table_says(name: str) -> None:
    assert heard("mandrill", name) == TABLE[name]


def test_an_unsigned_domain_is_our_own_fault() -> None:
    reading = read_one("mandrill", "reject-unsigned")
    assert (reading.kind, reading.blame) == (Kind.REJECTED, Blame.SENDER)


def test_a_deferral_shows_the_servers_last_answer() -> None:
    reading = read_one("mandrill", "deferral")
    assert reading.text == "451 4.3.5 Temporarily unavailable, try again later."


def test_the_id_of_an_event_is_the_messages_so_it_is_none() -> None:
    assert read_one("mandrill", "hard-bounce").own_id == ""


@pytest.mark.parametrize("reason", ["invalid-sender", "unsigned", "rule", "test-mode-limit"])
def test_refusals_that_only_we_can_mend_blame_the_sender(reason: str) -> None:
    raw = {"event": "reject", "reject": {"reason": reason}}
    reading = read("mandrill", Reported(event_type="rejected", raw=raw))
    assert (reading.kind, reading.blame) == (Kind.REJECTED, Blame.SENDER)


def test_an_event_of_a_later_name_moves_nothing() -> None:
    reading = read("mandrill", Reported(event_type="unknown", raw={"event": "teleported"}))
    assert (reading.kind, reading.raw_kind) == (Kind.OTHER, "teleported")
