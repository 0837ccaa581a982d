"""How the kinds are told apart where a message could be two of them."""

from __future__ import annotations

import dataclasses

import pytest

from crm_notify.rules.bounce import Bounce, BounceKind, classify
from crm_notify.rules.bounce.reports import ACTIONS
from crm_notify.rules.evidence import Blame


def mail(headers: str, body: str = "", sender: str = "John Doe <john@example.com>") -> Bounce:
    return classify(f"From: {sender}\n{headers.strip()}\n\n{body}".encode())


def status(fields: str, subject: str = "A report") -> Bounce:
    headers = f"Subject: {subject}\nContent-Type: message/delivery-status\n"
    return mail(headers, f"Reporting-MTA: dns; mx.example.net\n\n{fields}\n")


def test_the_answer_is_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        classify(b"").kind = BounceKind.FAILURE  # type: ignore[misc]


def test_nothing_at_all_is_ordinary() -> None:
    assert classify(b"") == Bounce(kind=BounceKind.ORDINARY)


@pytest.mark.parametrize("action", ACTIONS)
def test_action_decides_and_not_status(action: str) -> None:
    bounce = status(f"Final-Recipient: rfc822; john@example.com\nAction: {action}\nStatus: 5.1.1")
    assert bounce.kind is ACTIONS[action]
    assert bounce.address_dead is (bounce.kind is BounceKind.FAILURE)


def test_action_failed_with_a_temporary_status_is_final_but_not_permanent() -> None:
    bounce = status("Final-Recipient: rfc822; john@example.com\nAction: Failed\nStatus: 4.1.1")
    assert bounce.kind is BounceKind.FAILURE
    assert bounce.permanent is False
    assert not bounce.address_dead


def test_an_unknown_action_says_nothing() -> None:
    assert status("Final-Recipient: rfc822; j@example.com\nAction: danced").kind == "ordinary"


def test_a_block_without_action_fails_only_by_a_permanent_status() -> None:
    assert status("Final-Recipient: rfc822; j@example.com\nStatus: 5.1.1").kind == "failure"
    assert status("Final-Recipient: rfc822; j@example.com\nStatus: 4.1.1").kind == "ordinary"


def test_original_recipient_is_named_where_the_final_one_is_no_address() -> None:
    bounce = status(
        "Final-Recipient: x400; /S=Doe/\nOriginal-Recipient: rfc822; john@example.com\n"
        "Action: failed\nStatus: 5.1.1"
    )
    assert bounce.recipients == ("john@example.com",)


def test_a_failure_outweighs_a_delay_and_a_delivery_in_the_same_notice() -> None:
    bounce = status(
        "Final-Recipient: rfc822; a@example.com\nAction: delivered\nStatus: 2.0.0\n\n"
        "Final-Recipient: rfc822; b@example.com\nAction: delayed\nStatus: 4.4.1\n\n"
        "Final-Recipient: rfc822; c@example.com\nAction: failed\nStatus: 5.2.2"
    )
    assert (bounce.kind, bounce.recipients) == (BounceKind.FAILURE, ("c@example.com",))


DAEMON = "Mail Delivery System <MAILER-DAEMON@mx.example.net>"


@pytest.mark.parametrize(
    ("subject", "body", "kind"),
    [
        ("Delivery delayed", "john@example.com will be retried", BounceKind.DELAY),
        ("Note", "<john@example.com> could not be delivered", BounceKind.FAILURE),
        ("Note", "<john@example.com> could not be delivered and will be retried", BounceKind.DELAY),
        (
            "Note",
            "<john@example.com> has been delayed. Giving up, it could not be delivered.",
            BounceKind.FAILURE,
        ),
        ("Note", "The message was delivered to <john@example.com>", BounceKind.DELIVERED),
        ("Returned mail", "<john@example.com> is delayed for ever", BounceKind.FAILURE),
        ("Note", "<john@example.com>\n550 5.1.1 gone", BounceKind.FAILURE),
        ("Note", "<john@example.com> something happened", BounceKind.UNKNOWN),
    ],
)
def test_a_mail_system_is_taken_at_its_words(subject: str, body: str, kind: BounceKind) -> None:
    headers = f"Subject: {subject}\nReturn-Path: <>"
    assert mail(headers, body, sender=DAEMON).kind is kind


def test_signs_without_an_outcome_are_no_notice() -> None:
    headers = (
        "Subject: Note\nReturn-Path: <>\nX-Failed-Recipients: john@example.com\n"
        "Content-Type: text/plain"
    )
    assert mail(headers, "<john@example.com> it is", sender=DAEMON).kind is BounceKind.UNKNOWN


def test_a_person_who_writes_about_a_failed_delivery_of_goods_is_no_mail_system() -> None:
    headers = "Subject: Delivery failed\nReturn-Path: <>"
    body = "The crates were not delivered. Unable to deliver to orders@shop.example: 550 crates"
    assert mail(headers, body).kind is BounceKind.UNKNOWN


def test_auto_submitted_alone_proves_nothing() -> None:
    headers = "Subject: Undelivered Mail Returned to Sender\nAuto-Submitted: auto-replied"
    bounce = mail(headers, "<john@example.com>: user unknown", sender=DAEMON)
    assert bounce.kind is BounceKind.FAILURE
    assert mail("Auto-Submitted: auto-replied", "?", sender=DAEMON).kind is BounceKind.UNKNOWN


def test_an_auto_reply_that_mentions_a_delivery_is_no_failure() -> None:
    headers = "Subject: Automatic reply: A call\nReturn-Path: <>\nAuto-Submitted: auto-replied"
    body = "I am on leave. Your message was not delivered to anybody else. Mail bob@example.com."
    assert mail(headers, body).kind is BounceKind.AUTOREPLY


def test_an_auto_reply_of_a_postmaster_is_no_delivery_report() -> None:
    headers = "Subject: Automatic reply: A call\nReturn-Path: <>\nAuto-Submitted: auto-replied"
    body = "Your message was delivered to john@example.com, who is on leave."
    assert mail(headers, body, sender="postmaster@example.com").kind is BounceKind.AUTOREPLY


def test_an_auto_reply_may_say_in_so_many_words_that_nobody_was_told() -> None:
    headers = "Subject: Message not delivered\nReturn-Path: <>\nAuto-Submitted: auto-replied"
    body = "I am on leave. Your message has not been delivered. Unable to deliver? bob@example.com"
    assert mail(headers, body).kind is BounceKind.AUTOREPLY


def test_a_person_may_write_that_a_message_was_not_delivered() -> None:
    body = "Your message was not delivered, says bob@example.com."
    assert mail("Subject: Delivery failed", body).kind is BounceKind.ORDINARY


def test_a_challenge_that_says_not_delivered_is_no_failure() -> None:
    headers = "Subject: Re: A call\nReturn-Path: <>\nAuto-Submitted: auto-replied"
    body = "Your message has not been delivered yet. Please confirm your message to me@example.com"
    assert mail(headers, body).kind is BounceKind.CHALLENGE


def test_a_person_may_speak_of_verification() -> None:
    assert mail("Subject: Hello", "please verify the offer, I am not a robot").kind == "ordinary"


def test_a_read_receipt_in_words_needs_a_null_return_path() -> None:
    assert mail("Subject: Gelesen: Anruf\nReturn-Path: <>", "gelesen").kind == "report"
    assert mail("Subject: Gelesen: Anruf\nReturn-Path: <j@example.com>", "ja").kind == "ordinary"


def test_a_delay_without_a_reason_waits_for_their_server() -> None:
    bounce = mail("Subject: Delayed mail", "<john@example.com> is delayed", sender=DAEMON)
    assert (bounce.permanent, bounce.blame) == (False, Blame.SERVER)


def test_a_report_of_an_unknown_type_is_unknown() -> None:
    headers = "Content-Type: multipart/report; report-type=odd; boundary=a"
    assert mail(headers, "x").kind is BounceKind.UNKNOWN


def test_fields_without_structure_count_only_from_a_mail_system() -> None:
    body = "Final-Recipient: rfc822; john@example.com\nAction: failed\nStatus: 5.1.1"
    assert mail("Subject: Note", body, sender=DAEMON).address_dead
    assert mail("Subject: Note", body).kind is BounceKind.ORDINARY


def test_the_people_who_wrote_and_sent_the_mail_are_not_its_failed_recipients() -> None:
    headers = "Subject: Returned mail\nTo: janet@crm.example"
    body = "Dear janet@crm.example, your message to john@example.com was not delivered."
    assert mail(headers, body, sender=DAEMON).recipients == ("john@example.com",)
