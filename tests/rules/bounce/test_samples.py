"""One sample a form of notice: what each of them says, read as a person would read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_notify.rules.bounce import Bounce, BounceKind, classify
from crm_notify.rules.evidence import Blame

SAMPLES = Path(__file__).parent / "samples"
TOKEN = "bounce-naabcdefghijklmnopqrstuvwxyz234"
JOHN = "john@example.com"

#: kind, status, reply code, permanent, whether the address is dead, whom to blame, recipients.
NOTICES = {
    "chinese": "failure - - None alive mailbox john@example.com",
    "communigate": "failure 5.1.1 550 True dead address john@example.com",
    "coremail": "failure - 550 True dead address john@example.com",
    "dmarc_refused": "failure 5.7.26 550 True alive sender john@example.com",
    "domino_not_listed": "failure - - None dead address john@example.com",
    "dutch": "failure - - None dead address john@example.com",
    "exchange_2003": "failure 5.1.1 - True dead address john@example.com",
    "exchange_not_found": "failure 5.1.10 550 True dead address john@example.com",
    "exchange_online_edge_block": "failure 5.4.1 550 True dead address john@example.com",
    "exim_body_cut_off": "failure - - None alive mailbox john@example.com",
    "exim_delay": "delay 4.7.1 451 False alive policy john@example.com",
    "exim_end_of_data": "failure - 550 True alive mailbox john@example.com",
    "exim_gave_up": "failure - - None alive server john@example.com",
    "exim_unrouteable": "failure - - None dead address john@example.com",
    "flattened_fields": "failure 5.1.1 550 True dead address john@example.com",
    "french": "failure - - None alive mailbox john@example.com",
    "german": "failure - 550 True dead address john@example.com",
    "german_delay": "delay - - False alive server john@example.com",
    "global_status": "failure 5.1.1 550 True dead address jön@example.com",
    "gmail_delay_without_code": "delay - - False alive server john@example.com",
    "gmail_old_text": "failure 5.1.1 550 True dead address john@example.com",
    "gmail_over_quota": "failure 5.2.2 552 True alive mailbox john@example.com",
    "groupwise": "failure - - None dead address",
    "hmailserver": "failure 4.2.2 452 False alive mailbox john@example.com",
    "interscan": "failure 5.1.1 550 True dead address john@example.com",
    "italian": "failure - - None alive mailbox john@example.com",
    "james": "failure - 550 True dead address john@example.com",
    "japanese": "failure - - None dead address john@example.com",
    "list_closed": "failure - - None alive policy john@example.com",
    "mail_from_refused": "failure - 553 True alive sender john@example.com",
    "mdaemon": "failure - 550 True dead address john@example.com",
    "mimecast": "failure - - None alive server john@example.com",
    "nobody_writes_no_such_user": "failure - - None dead address john@example.com",
    "null_mx": "failure 5.1.0 - True dead address john@example.com",
    "opensmtpd": "failure 5.2.2 550 True alive mailbox john@example.com",
    "polish": "failure - - None alive mailbox john@example.com",
    "portuguese": "failure 5.1.1 550 True dead address john@example.com",
    "postfix_content_after_data": "failure 5.7.1 554 True alive content john@example.com",
    "postfix_delayed": "delay 4.4.1 - False alive server john@example.com",
    "postfix_expired": "failure 4.4.1 - False alive server john@example.com",
    "postfix_relayed": "delivered 2.0.0 - None alive nobody john@example.com",
    "postfix_session_transcript": "failure 4.3.0 451 False alive server john@example.com",
    "postfix_unknown_user": "failure 5.1.1 550 True dead address john@example.com",
    "qmail_no_mailbox": "failure 5.1.1 - True dead address john@example.com",
    "russian": "failure - - None dead address john@example.com",
    "scanner_disclaimer": "failure 5.1.1 - True dead address john@example.com",
    "sendmail_transcript": "failure 5.1.1 550 True dead address john@example.com bob@example.com",
    "sendmail_without_action": "failure 5.3.0 553 True dead address john@example.com",
    "ses_reputation": "failure 5.7.1 550 True alive policy john@example.com",
    "smartermail": "failure 5.7.1 550 True alive policy john@example.com",
    "spanish": "failure - - None dead address john@example.com",
    "status_says_success_action_says_failed": (
        "failure 5.1.1 550 True dead address john@example.com"
    ),
    "t_online": "failure 5.2.2 552 True alive mailbox john@example.com",
    "too_large": "failure 5.3.4 552 True alive mailbox john@example.com",
    "too_many_hops": "failure - - None alive server john@example.com",
    "two_languages_from_person": "failure - - None alive unknown john@example.com",
    "two_recipients_worst_first": (
        "failure 5.1.1 550 True dead address john@example.com bob@example.com"
    ),
    "verizon_mms": "failure - 550 True dead address john@example.com",
    "x400_gateway": "failure 5.0.0 - True alive unknown john@example.com",
    "yahoo_disabled": "failure - 554 True alive mailbox john@example.com",
    "zoho": "failure 5.2.1 550 True alive mailbox john@example.com",
}

#: kind, and until when somebody is away.
QUIET = {
    "auto_french": (BounceKind.AUTOREPLY, "24 mars 2026"),
    "auto_japanese": (BounceKind.AUTOREPLY, "3月24日"),
    "auto_left_company": (BounceKind.AUTOREPLY, None),
    "auto_notes": (BounceKind.AUTOREPLY, "24/03/2026"),
    "auto_outlook_german": (BounceKind.AUTOREPLY, "24.03.2026"),
    "auto_precedence_only": (BounceKind.AUTOREPLY, None),
    "auto_replied_without_words": (BounceKind.AUTOREPLY, None),
    "auto_sieve_vacation": (BounceKind.AUTOREPLY, "March 24, 2026"),
    "challenge_click": (BounceKind.CHALLENGE, None),
    "challenge_in_a_report": (BounceKind.CHALLENGE, None),
    "challenge_tmda": (BounceKind.CHALLENGE, None),
    "complaint_arf": (BounceKind.COMPLAINT, None),
    "complaint_older_form": (BounceKind.COMPLAINT, None),
    "mdn_deleted": (BounceKind.REPORT, None),
    "mdn_displayed": (BounceKind.REPORT, None),
    "read_receipt_in_words": (BounceKind.REPORT, None),
    "newsletter": (BounceKind.ORDINARY, None),
    "person_asks_about_a_bounce": (BounceKind.ORDINARY, None),
    "person_forwards_attached": (BounceKind.ORDINARY, None),
    "person_forwards_inline": (BounceKind.ORDINARY, None),
    "person_pastes_fields": (BounceKind.ORDINARY, None),
    "person_replies": (BounceKind.ORDINARY, None),
    "shop_parcel": (BounceKind.ORDINARY, None),
    "daemon_without_sense": (BounceKind.UNKNOWN, None),
    "ticket_system": (BounceKind.UNKNOWN, None),
}


def read(name: str) -> Bounce:
    return classify((SAMPLES / f"{name}.eml").read_bytes())


def summary(bounce: Bounce) -> str:
    return " ".join(
        [
            bounce.kind,
            bounce.status or "-",
            bounce.reply_code or "-",
            str(bounce.permanent),
            "dead" if bounce.address_dead else "alive",
            bounce.blame or "nobody",
            *bounce.recipients,
        ]
    )


def test_every_sample_is_in_a_table_and_every_row_has_a_sample() -> None:
    assert {path.stem for path in SAMPLES.glob("*.eml")} == NOTICES.keys() | QUIET.keys()


@pytest.mark.parametrize("name", NOTICES)
def test_a_notice_says_whether_it_failed_for_good_and_whose_fault_it_is(name: str) -> None:
    assert summary(read(name)) == NOTICES[name]


@pytest.mark.parametrize("name", QUIET)
def test_what_is_no_notice_alarms_nobody(name: str) -> None:
    bounce = read(name)
    assert (bounce.kind, bounce.away_until) == QUIET[name]
    assert bounce.permanent is None
    assert bounce.blame is Blame.NONE
    assert not bounce.address_dead


@pytest.mark.parametrize(
    "name",
    [
        "postfix_unknown_user",
        "exim_unrouteable",
        "qmail_no_mailbox",
        "sendmail_transcript",
        "opensmtpd",
        "complaint_arf",
        "complaint_older_form",
        "global_status",
        "flattened_fields",
        "exim_body_cut_off",
        "t_online",
        "zoho",
    ],
)
def test_the_token_and_the_message_id_come_from_the_returned_headers(name: str) -> None:
    bounce = read(name)
    assert bounce.token == TOKEN
    assert bounce.original_message_id == "<n42@crm.example>"
    assert bounce.message_id == "<notice.1@mx.example.net>"


def test_the_token_may_stand_in_the_envelope_id_in_any_case() -> None:
    assert read("postfix_delayed").token == TOKEN.upper()


@pytest.mark.parametrize("name", ["auto_notes", "person_replies", "person_forwards_attached"])
def test_no_token_is_taken_from_the_mail_itself_or_from_a_notice_inside_another_mail(
    name: str,
) -> None:
    assert TOKEN in (SAMPLES / f"{name}.eml").read_text()
    assert read(name).token == ""


def test_a_read_receipt_names_the_mail_that_was_read() -> None:
    bounce = read("mdn_displayed")
    assert bounce.original_message_id == "<n42@crm.example>"
    assert bounce.recipients == (JOHN,)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("qmail_no_mailbox", "Sorry, no mailbox here by that name. (#5.1.1)"),
        ("domino_not_listed", "User john (john@example.com) not listed in Domino Directory"),
        ("groupwise", "john (user not found)"),
        ("exim_gave_up", "retry timeout exceeded"),
        ("complaint_arf", "abuse"),
        ("x400_gateway", "Unable-To-Transfer"),
    ],
)
def test_the_diagnostic_is_what_the_other_side_wrote(name: str, words: str) -> None:
    assert words in read(name).diagnostic


def test_a_code_in_the_returned_copy_is_not_the_notice_s_own() -> None:
    raw = (SAMPLES / "exim_gave_up.eml").read_text()
    assert "550 5.1.1 User unknown" in raw
    bounce = classify(raw.encode())
    assert (bounce.status, bounce.reply_code, bounce.address_dead) == (None, None, False)
