"""What Mailgun posts, and what we hear in it."""

from __future__ import annotations

import pytest

from crm_notify.rules.evidence import Blame, Kind
from crm_notify.rules.news import Reading, Reported
from crm_notify.rules.providers import read
from tests.rules.providers.expected import heard, table
from tests.rules.providers.recorded import anymail_events, read_one, recorded, reported

TABLE = table(
    """
    accepted                       sent          20  alice@example.com      -        -
    clicked                        clicked       0   alice@example.com      -        -
    complained                     complained    50  alice@example.com      -        -
    delivered                      delivered     50  alice@example.com      -        -
    failed-bounce                  bounced       90  alice@example.com      address  5.1.1
    failed-delayed-bounce          bounced       90  alice@example.com      address  5.1.1
    failed-espblock                bounced       90  alice@example.com      policy   5.7.1
    failed-generic-no-mx           bounced       90  alice@example.com      address  -
    failed-old                     expired       80  alice@example.com      server   -
    failed-suppressed-bounce       rejected      75  alice@example.com      address  -
    failed-suppressed-complaint    rejected      75  alice@example.com      policy   -
    failed-suppressed-unsubscribe  rejected      75  alice@example.com      policy   -
    failed-temporary-generic       deferred      30  alice@example.com      mailbox  4.2.2
    failed-temporary-greylisted    deferred      30  alice@example.com      policy   450
    legacy-bounced                 bounced       90  recipient@example.com  address  5.1.1
    legacy-clicked                 clicked       0   recipient@example.com  -        -
    legacy-complained              complained    50  recipient@example.com  -        -
    legacy-delivered               delivered     50  recipient@example.com  -        -
    legacy-dropped-complained      rejected      75  recipient@example.com  policy   -
    legacy-dropped-old             expired       80  recipient@example.com  server   -
    legacy-dropped-other           rejected      75  recipient@example.com  unknown  -
    legacy-dropped-refused         bounced       90  recipient@example.com  address  5.1.1
    legacy-dropped-suppressed      rejected      75  recipient@example.com  address  -
    legacy-opened                  opened        0   recipient@example.com  -        -
    legacy-unsubscribed            unsubscribed  50  recipient@example.com  -        -
    opened                         opened        0   alice@example.com      -        -
    rejected                       rejected      75  alice@example.com      sender   -
    stored                         other         0   alice@example.com      -        -
    unsubscribed                   unsubscribed  50  alice@example.com      -        -
    """
)


@pytest.mark.parametrize("name", TABLE)
def test_every_event_is_heard_as_the_table_says(name: str) -> None:
    assert heard("mailgun", name) == TABLE[name]


def test_a_suppressed_address_was_not_asked_again() -> None:
    reading = read_one("mailgun", "failed-suppressed-bounce")
    assert (reading.kind, reading.raw_kind) == (Kind.REJECTED, "failed/permanent/suppress-bounce")


def test_a_form_post_of_old_is_read_as_well() -> None:
    [event] = anymail_events(recorded("mailgun", "legacy-bounced"))
    reading = read("mailgun", reported(event))
    assert (reading.kind, reading.code, reading.own_id) == (Kind.BOUNCED, "5.1.1", "")
    assert "does not exist. Please try 5.1.1 double-checking" in reading.text


def test_the_id_is_the_events_and_not_the_signatures() -> None:
    assert read_one("mailgun", "failed-bounce").own_id == "G9Bn5sl1TC6nu79C8C0bwg"


def test_a_failure_for_a_later_reason_is_still_a_failure() -> None:
    event = {"event": "failed", "severity": "permanent", "reason": "teleported"}
    reading = read("mailgun", Reported(event_type="bounced", raw={"event-data": event}))
    assert (reading.kind, reading.blame) == (Kind.BOUNCED, Blame.UNKNOWN)


def test_the_code_and_the_text_come_from_where_the_event_has_them() -> None:
    def failed(**status: object) -> Reading:
        event = {"event": "failed", "severity": "permanent", "delivery-status": status}
        return read("mailgun", Reported(event_type="bounced", raw={"event-data": event}))

    assert failed(code=550, **{"enhanced-code": "5.2.1"}).code == "5.2.1"
    assert failed(code=550).code == "550"
    assert failed(message="", description="Not delivering").text == "Not delivering"


def test_a_rejection_shows_its_reason() -> None:
    event = {"event": "rejected", "reject": {"reason": "Sandbox subdomains are for test"}}
    reading = read("mailgun", Reported(event_type="rejected", raw={"event-data": event}))
    assert (reading.blame, reading.text) == (Blame.SENDER, "Sandbox subdomains are for test")


def test_a_form_post_of_old_shows_what_it_has() -> None:
    raw = {"event": "bounced", "code": "550", "notification": "gone"}
    assert read("mailgun", Reported(event_type="bounced", raw=raw)).text == "gone"
    raw = {"event": "dropped", "reason": "hardfail", "code": "605"}
    assert read("mailgun", Reported(event_type="rejected", raw=raw)).raw_kind == "dropped/hardfail"


@pytest.mark.parametrize("raw", [{"event-data": {"event": "new"}}, {"event": "new"}])
def test_an_event_of_a_later_name_moves_nothing(raw: dict[str, object]) -> None:
    reading = read("mailgun", Reported(event_type="unknown", raw=raw))
    assert (reading.kind, reading.raw_kind) == (Kind.OTHER, "new")
