"""Words of the providers that no recorded request holds."""

from __future__ import annotations

from typing import Any

import pytest

from crm_notify.rules.evidence import Blame, Kind
from crm_notify.rules.news import Reported
from crm_notify.rules.providers import read


def heard(provider: str, raw: dict[str, Any]) -> tuple[Kind, Blame]:
    reading = read(provider, Reported(event_type="unknown", raw=raw))
    return reading.kind, reading.blame


@pytest.mark.parametrize(
    ("error", "blame"),
    [
        ("mailbox inactive", Blame.ADDRESS),
        ("invalid domain", Blame.ADDRESS),
        ("typofix", Blame.ADDRESS),
        ("blacklisted", Blame.POLICY),
        ("spam reporter", Blame.POLICY),
        ("content blocked", Blame.CONTENT),
        ("no mail host", Blame.SERVER),
        ("relay/access denied", Blame.POLICY),
        ("policy issue", Blame.POLICY),
        ("system issue", Blame.SERVER),
        ("protocol issue", Blame.SERVER),
        ("teleported", Blame.UNKNOWN),
    ],
)
def test_mailjets_errors(error: str, blame: Blame) -> None:
    assert heard("mailjet", {"event": "blocked", "error": error}) == (Kind.REJECTED, blame)


@pytest.mark.parametrize(
    ("reason", "blame"),
    [
        ("hard-bounce", Blame.ADDRESS),
        ("soft-bounce", Blame.MAILBOX),
        ("spam", Blame.POLICY),
        ("unsub", Blame.POLICY),
        ("custom", Blame.POLICY),
        ("invalid", Blame.ADDRESS),
        ("teleported", Blame.UNKNOWN),
    ],
)
def test_mandrills_refusals(reason: str, blame: Blame) -> None:
    raw = {"event": "reject", "msg": {"reject": {"reason": reason}}}
    assert heard("mandrill", raw) == (Kind.REJECTED, blame)


@pytest.mark.parametrize(
    ("description", "blame"),
    [("bad_mailbox", Blame.ADDRESS), ("mailbox_full", Blame.MAILBOX), ("else", Blame.UNKNOWN)],
)
def test_mandrills_descriptions_of_a_bounce(description: str, blame: Blame) -> None:
    raw = {"event": "hard_bounce", "msg": {"bounce_description": description}}
    assert heard("mandrill", raw) == (Kind.BOUNCED, blame)


@pytest.mark.parametrize("number", ["60", "80", "90", "100"])
def test_a_reply_that_mandrill_counts_as_a_bounce_is_unclear(number: str) -> None:
    raw = {"event": "soft_bounce", "msg": {"bgtools_code": int(number)}}
    assert heard("mandrill", raw)[0] is Kind.UNCLEAR


@pytest.mark.parametrize(
    ("reason", "blame"),
    [
        ("Bounced Address", Blame.ADDRESS),
        ("Invalid", Blame.ADDRESS),
        ("Unsubscribed Address", Blame.POLICY),
        ("Spam Reporting Address", Blame.POLICY),
        ("Spam Content", Blame.CONTENT),
        ("Invalid SMTPAPI header", Blame.SENDER),
        ("Recipient List over Package Quota", Blame.SENDER),
        ("Teleported", Blame.UNKNOWN),
    ],
)
def test_sendgrids_drops(reason: str, blame: Blame) -> None:
    assert heard("sendgrid", {"event": "dropped", "reason": reason}) == (Kind.REJECTED, blame)


@pytest.mark.parametrize(
    ("classification", "blame"),
    [
        ("Content", Blame.CONTENT),
        ("Reputation", Blame.POLICY),
        ("Frequency or Volume Too High", Blame.POLICY),
        ("Technical", Blame.SERVER),
        ("Unclassified", Blame.UNKNOWN),
    ],
)
def test_sendgrids_classes(classification: str, blame: Blame) -> None:
    raw = {"event": "bounce", "type": "bounce", "bounce_classification": classification}
    assert heard("sendgrid", raw) == (Kind.BOUNCED, blame)


@pytest.mark.parametrize(
    ("status", "kind", "blame"),
    [
        ("err_no_dns", Kind.BOUNCED, Blame.ADDRESS),
        ("err_no_smtp", Kind.EXPIRED, Blame.SERVER),
        ("err_giveup", Kind.EXPIRED, Blame.SERVER),
        ("err_user_unknown", Kind.BOUNCED, Blame.ADDRESS),
        ("err_mailbox_discarded", Kind.BOUNCED, Blame.ADDRESS),
        ("err_domain_inactive", Kind.BOUNCED, Blame.ADDRESS),
        ("err_blacklisted", Kind.BOUNCED, Blame.POLICY),
        ("err_destination_misconfigured", Kind.BOUNCED, Blame.SERVER),
        ("skip_dup_unreachable", Kind.REJECTED, Blame.ADDRESS),
        ("err_dest_invalid", Kind.REJECTED, Blame.ADDRESS),
        ("skip_dup_mailbox_full", Kind.REJECTED, Blame.MAILBOX),
        ("skip_dup_temp_unreachable", Kind.REJECTED, Blame.SERVER),
        ("err_spam_removed", Kind.REJECTED, Blame.POLICY),
        ("err_src_invalid", Kind.REJECTED, Blame.SENDER),
        ("err_internal", Kind.REJECTED, Blame.SERVER),
        ("err_teleported", Kind.BOUNCED, Blame.UNKNOWN),
    ],
)
def test_unisenders_delivery_statuses(status: str, kind: Kind, blame: Blame) -> None:
    raw = {"status": "hard_bounced", "delivery_info": {"delivery_status": status}}
    assert heard("unisender_go", raw) == (kind, blame)


@pytest.mark.parametrize(
    ("number", "kind", "blame"),
    [
        ("1", Kind.BOUNCED, Blame.UNKNOWN),
        ("25", Kind.REJECTED, Blame.POLICY),
        ("30", Kind.BOUNCED, Blame.ADDRESS),
        ("50", Kind.BOUNCED, Blame.POLICY),
        ("52", Kind.BOUNCED, Blame.CONTENT),
        ("53", Kind.BOUNCED, Blame.CONTENT),
        ("54", Kind.BOUNCED, Blame.POLICY),
        ("70", Kind.EXPIRED, Blame.SERVER),
        ("4711", Kind.BOUNCED, Blame.UNKNOWN),
    ],
)
def test_sparkposts_bounce_classes(number: str, kind: Kind, blame: Blame) -> None:
    raw = {"msys": {"message_event": {"type": "bounce", "bounce_class": number}}}
    assert heard("sparkpost", raw) == (kind, blame)


@pytest.mark.parametrize("name", ["policy_rejection", "generation_rejection"])
def test_what_sparkpost_refuses_to_send_is_its_policy(name: str) -> None:
    raw = {"msys": {"gen_event": {"type": name}}}
    assert heard("sparkpost", raw) == (Kind.REJECTED, Blame.POLICY)


@pytest.mark.parametrize(
    ("code", "blame"), [("605", Blame.ADDRESS), ("606", Blame.POLICY), ("607", Blame.POLICY)]
)
def test_mailguns_old_codes_of_its_own(code: str, blame: Blame) -> None:
    assert heard("mailgun", {"event": "dropped", "code": code}) == (Kind.REJECTED, blame)


def test_what_the_receiving_server_blocks_is_its_policy() -> None:
    event = {"event": "failed", "severity": "permanent", "reason": "espblock"}
    assert heard("mailgun", {"event-data": event}) == (Kind.BOUNCED, Blame.POLICY)


@pytest.mark.parametrize(
    ("sentence", "kind", "blame"),
    [
        ("the recipient's inbox was full", Kind.EXPIRED, Blame.MAILBOX),
        ("server sent a general bounce", Kind.UNCLEAR, Blame.UNKNOWN),
        ("server sent a hard bounce", Kind.BOUNCED, Blame.ADDRESS),
        ("Resend has suppressed sending to this address", Kind.REJECTED, Blame.ADDRESS),
        ("something else", Kind.BOUNCED, Blame.UNKNOWN),
    ],
)
def test_resends_sentences_in_events_without_a_type(
    sentence: str, kind: Kind, blame: Blame
) -> None:
    raw = {"type": "email.bounced", "data": {"bounce": {"message": sentence}}}
    assert heard("resend", raw) == (kind, blame)


@pytest.mark.parametrize("name", ["hard_bounce", "deferred"])
def test_a_refusal_of_which_brevo_says_no_more_is_the_addresss(name: str) -> None:
    assert heard("brevo", {"event": name, "reason": "550"})[1] is Blame.ADDRESS


@pytest.mark.parametrize(
    ("name", "kind", "blame"),
    [
        ("Transient", Kind.DEFERRED, Blame.SERVER),
        ("Blocked", Kind.BOUNCED, Blame.POLICY),
        ("Unknown", Kind.BOUNCED, Blame.UNKNOWN),
        ("Teleported", Kind.BOUNCED, Blame.UNKNOWN),
    ],
)
def test_postmarks_types_of_a_bounce(name: str, kind: Kind, blame: Blame) -> None:
    assert heard("postmark", {"RecordType": "Bounce", "Type": name}) == (kind, blame)


def test_an_address_that_postmark_takes_off_its_list_did_not_bounce() -> None:
    raw = {"RecordType": "SubscriptionChange", "SuppressionReason": "HardBounce"}
    assert heard("postmark", raw)[0] is Kind.BOUNCED
    assert heard("postmark", raw | {"SuppressSending": False})[0] is Kind.OTHER


@pytest.mark.parametrize(
    ("delay", "blame"),
    [
        ("MailboxFull", Blame.MAILBOX),
        ("SpamDetected", Blame.POLICY),
        ("IPFailure", Blame.POLICY),
        ("RecipientServerError", Blame.SERVER),
        ("Teleported", Blame.SERVER),
    ],
)
def test_the_delays_of_amazon_ses(delay: str, blame: Blame) -> None:
    raw = {"eventType": "DeliveryDelay", "deliveryDelay": {"delayType": delay}}
    assert heard("amazon_ses", raw) == (Kind.DEFERRED, blame)


@pytest.mark.parametrize("feedback", ["not-spam", "auth-failure", "virus"])
def test_a_report_that_no_recipient_made_is_no_complaint(feedback: str) -> None:
    raw = {"eventType": "Complaint", "complaint": {"complaintFeedbackType": feedback}}
    assert heard("amazon_ses", raw)[0] is Kind.OTHER
