"""What Amazon SES posts, and what we hear in it."""

from __future__ import annotations

import pytest

from crm_notify.rules.evidence import Blame, Kind
from crm_notify.rules.news import Reported
from crm_notify.rules.providers import read
from tests.rules.providers.expected import heard, table
from tests.rules.providers.recorded import read_one

TABLE = table(
    """
    click                                  clicked       0   recipient@example.com  -        -
    complaint-abuse                        complained    50  recipient@example.com  -        -
    complaint-not-spam                     other         0   recipient@example.com  -        -
    complaint-suppressed                   rejected      75  recipient@example.com  policy   -
    delivery-delay-mailbox-full            deferred      30  recipient@example.com  mailbox  4.2.2
    delivery-delay                         deferred      30  recipient@example.com  server   4.4.1
    delivery                               delivered     50  recipient@example.com  -        2.6.0
    notification-bounce-with-dsn           bounced       90  jane@example.com       address  5.1.1
    notification-bounce-without-dsn        bounced       90  jane@example.com       address  -
    notification-bounce-without-dsn        bounced       90  richard@example.com    address  -
    notification-complaint-without-report  complained    50  richard@example.com    -        -
    notification-delivery                  delivered     50  jane@example.com       -        -
    open                                   opened        0   recipient@example.com  -        -
    permanent-email-validation             rejected      75  recipient@example.com  address  5.1.1
    permanent-general                      bounced       90  recipient@example.com  address  5.1.1
    permanent-no-email                     bounced       90  recipient@example.com  address  -
    permanent-on-account-list              rejected      75  recipient@example.com  address  5.1.1
    permanent-on-tenant-list               rejected      75  recipient@example.com  address  5.1.1
    permanent-suppressed                   rejected      75  recipient@example.com  address  5.1.1
    permanent-unsubscribed                 rejected      75  recipient@example.com  policy   5.1.1
    reject                                 rejected      75  recipient@example.com  content  -
    rendering-failure                      rejected      75  recipient@example.com  content  -
    send                                   sent          20  recipient@example.com  -        -
    subscription-confirmation
    subscription-joined                    other         0   recipient@example.com  -        -
    subscription-left                      unsubscribed  50  recipient@example.com  -        -
    topic-validated
    transient-attachment-rejected          expired       80  recipient@example.com  content  -
    transient-content-rejected             expired       80  recipient@example.com  content  -
    transient-custom-timeout               expired       80  recipient@example.com  server   -
    transient-general-with-dsn             expired       80  recipient@example.com  server   4.4.7
    transient-general                      unclear       40  recipient@example.com  unknown  -
    transient-mailbox-full                 expired       80  recipient@example.com  mailbox  5.2.2
    transient-message-too-large            expired       80  recipient@example.com  content  -
    undetermined                           bounced       90  recipient@example.com  unknown  -
    """
)


@pytest.mark.parametrize("name", TABLE)
def test_every_event_is_heard_as_the_table_says(name: str) -> None:
    assert heard("amazon_ses", name) == TABLE[name]


def test_an_out_of_office_is_not_a_bounce() -> None:
    """SES calls it Bounce, Transient, General, and names no code: it may be anything."""
    reading = read_one("amazon_ses", "transient-general")
    assert reading.kind is Kind.UNCLEAR
    assert reading.raw_kind == "Bounce/Transient/General"


@pytest.mark.parametrize(
    ("status", "kind"), [("4.4.7", Kind.EXPIRED), ("5.7.1", Kind.BOUNCED), ("", Kind.UNCLEAR)]
)
def test_a_code_makes_a_general_transient_bounce_a_failure(status: str, kind: Kind) -> None:
    bounce = {
        "bounceType": "Transient",
        "bounceSubType": "General",
        "bouncedRecipients": [{"status": status}],
    }
    raw = {"notificationType": "Bounce", "bounce": bounce}
    assert read("amazon_ses", Reported(event_type="bounced", raw=raw)).kind is kind


@pytest.mark.parametrize(
    ("bounce_type", "kind"),
    [("Transient", Kind.EXPIRED), ("Permanent", Kind.BOUNCED), ("Ambient", Kind.BOUNCED)],
)
def test_a_bounce_of_a_later_subtype_is_still_a_failure(bounce_type: str, kind: Kind) -> None:
    raw = {"eventType": "Bounce", "bounce": {"bounceType": bounce_type, "bounceSubType": "New"}}
    reading = read("amazon_ses", Reported(event_type="bounced", raw=raw))
    assert (reading.kind, reading.blame) == (kind, Blame.UNKNOWN)


def test_each_of_many_recipients_is_blamed_by_an_own_code() -> None:
    recipients = [
        {"status": "5.1.1", "diagnosticCode": "smtp; 550 no"},
        {"status": "5.2.2", "diagnosticCode": "smtp; 550 no more"},
    ]
    bounce = {
        "bounceType": "Permanent",
        "bounceSubType": "General",
        "bouncedRecipients": recipients,
    }
    raw = {"eventType": "Bounce", "bounce": bounce}
    blames = [
        read(
            "amazon_ses",
            Reported(event_type="bounced", mta_response=each["diagnosticCode"], raw=raw),
        ).blame
        for each in recipients
    ]
    assert blames == [Blame.ADDRESS, Blame.MAILBOX]


def test_a_complaint_of_long_ago_is_no_delivery() -> None:
    """Accepted by SES and thrown away, because the address once complained."""
    reading = read_one("amazon_ses", "complaint-suppressed")
    assert (reading.kind, reading.blame) == (Kind.REJECTED, Blame.POLICY)


def test_a_delay_shows_what_the_server_said() -> None:
    recipient = {"status": "4.4.1", "diagnosticCode": "smtp; 421 connection timed out"}
    raw = {"eventType": "DeliveryDelay", "deliveryDelay": {"delayedRecipients": [recipient]}}
    reading = read("amazon_ses", Reported(event_type="unknown", raw=raw))
    assert (reading.code, reading.text) == ("4.4.1", recipient["diagnosticCode"])
    assert reading.raw_kind == "DeliveryDelay"


def test_a_feedback_id_names_a_failure_and_nothing_names_a_delivery() -> None:
    assert read_one("amazon_ses", "permanent-general").own_id.startswith("01000157c44f053b-")
    complaint = {"eventType": "Complaint", "complaint": {"feedbackId": "0100"}}
    assert read("amazon_ses", Reported(event_type="complained", raw=complaint)).own_id == "0100"
    assert read_one("amazon_ses", "delivery").own_id == ""


def test_an_event_of_a_later_type_moves_nothing() -> None:
    raw = {"eventType": "Teleported", "mail": {}}
    reading = read("amazon_ses", Reported(event_type="unknown", raw=raw))
    assert (reading.kind, reading.raw_kind) == (Kind.OTHER, "Teleported")
