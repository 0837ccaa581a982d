"""Anymail's own words, for events whose provider or whose name is not known."""

from __future__ import annotations

import pytest
from anymail.signals import EventType, RejectReason

from crm_notify.rules.evidence import WEIGHT, Blame, Evidence, Kind
from crm_notify.rules.news import Reported
from crm_notify.rules.providers import read
from crm_notify.rules.providers.anymail_words import REFUSALS, VERDICTS
from crm_notify.rules.providers.reading import READERS


def test_every_event_type_of_anymail_has_its_meaning() -> None:
    known = {value for name, value in vars(EventType).items() if name.isupper()}
    # "inbound" is another signal's; "subscribed" and "unknown" say nothing about a mail.
    assert known - set(VERDICTS) == {"inbound", "inbound_failed", "subscribed", "unknown"}
    assert set(VERDICTS) <= known


def test_every_reject_reason_of_anymail_blames_somebody_or_nobody() -> None:
    known = {value for name, value in vars(RejectReason).items() if name.isupper()}
    assert known - set(REFUSALS) == {"other"}
    assert set(REFUSALS) <= known


@pytest.mark.parametrize("provider", ["a hosts own", *READERS])
@pytest.mark.parametrize(
    ("event_type", "kind", "evidence"),
    [
        ("queued", Kind.SENT, Evidence.SENT),
        ("sent", Kind.SENT, Evidence.SENT),
        ("delivered", Kind.DELIVERED, Evidence.DELIVERED),
        ("deferred", Kind.DEFERRED, Evidence.DEFERRED),
        ("bounced", Kind.BOUNCED, Evidence.BOUNCED),
        ("rejected", Kind.REJECTED, Evidence.REJECTED),
        ("failed", Kind.REJECTED, Evidence.REJECTED),
        ("complained", Kind.COMPLAINED, Evidence.DELIVERED),
        ("unsubscribed", Kind.UNSUBSCRIBED, Evidence.DELIVERED),
        ("autoresponded", Kind.AUTO_REPLIED, Evidence.DELIVERED),
        ("opened", Kind.OPENED, Evidence.NONE),
        ("clicked", Kind.CLICKED, Evidence.NONE),
        ("subscribed", Kind.OTHER, Evidence.NONE),
        ("unknown", Kind.OTHER, Evidence.NONE),
        ("invented", Kind.OTHER, Evidence.NONE),
    ],
)
def test_an_event_whose_raw_fields_say_nothing_is_read_by_anymails_words(
    provider: str, event_type: str, kind: Kind, evidence: Evidence
) -> None:
    reading = read(provider, Reported(event_type=event_type))
    assert (reading.kind, reading.raw_kind) == (kind, event_type)
    assert WEIGHT[reading.kind] is evidence


def test_a_failure_of_which_nothing_more_is_known_blames_nobody() -> None:
    reading = read("a hosts own", Reported(event_type="bounced"))
    assert (reading.kind, reading.blame, reading.code) == (Kind.BOUNCED, Blame.UNKNOWN, "")


def test_the_servers_answer_is_read_for_every_provider() -> None:
    answer = "550 5.1.1 <a@b.example>: user unknown"
    reading = read("a hosts own", Reported(event_type="bounced", mta_response=answer))
    assert (reading.blame, reading.code, reading.text) == (Blame.ADDRESS, "5.1.1", answer)


@pytest.mark.parametrize(
    ("reason", "blame"),
    [
        ("invalid", Blame.ADDRESS),
        ("bounced", Blame.ADDRESS),
        ("blocked", Blame.POLICY),
        ("spam", Blame.POLICY),
        ("unsubscribed", Blame.POLICY),
        ("timed_out", Blame.SERVER),
        ("other", Blame.UNKNOWN),
        (None, Blame.UNKNOWN),
    ],
)
def test_a_refusal_blames_by_its_reason(reason: str | None, blame: Blame) -> None:
    reported = Reported(event_type="rejected", reject_reason=reason)
    assert read("a hosts own", reported).blame is blame


def test_news_that_are_no_failure_blame_nobody_whatever_reason_is_given() -> None:
    reported = Reported(
        event_type="delivered", reject_reason="invalid", mta_response="250 2.1.5 ok"
    )
    reading = read("a hosts own", reported)
    assert (reading.blame, reading.code) == (Blame.NONE, "2.1.5")
