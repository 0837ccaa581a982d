"""What servers say, and whom it blames; sentences of many systems, with names made up."""

from __future__ import annotations

import pytest

from crm_notify.rules.bounce.findings import Finding, judge
from crm_notify.rules.bounce.reasons import by_codes
from crm_notify.rules.bounce.transcripts import Answer
from crm_notify.rules.evidence import Blame

DEAD = """
550 5.1.1 The email account that you tried to reach does not exist. Please check the address
550 5.1.1 <john@example.com>: Recipient address rejected: User unknown in relay recipient table
550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient john@example.com not found by SMTP lookup
554 delivery error: dd This user doesn't have an example.com account (john@example.com) [0]
550 sorry, no mailbox here by that name (#5.1.1 - chkusr)
550 Unrouteable address
550 Requested action not taken: mailbox unavailable
553 5.3.0 <john@example.com>... Addressee unknown, relay=[192.0.2.4]
551 User not local; please try <jon@example.org>
551 5.1.6 Recipient has moved, no forwarding address
550 Account terminated
550 5.4.1 Recipient address rejected: Access denied. AS(201806281)
550 5.1.2 Host unknown (Name server: example.com: host not found)
5.4.4 Host or domain name not found. Name service error for name=example.com type=A: Host not found
556 5.1.10 Recipient address has null MX
550 Benutzer unbekannt
550 5.7.17 Mailbox owner has changed
550 5.1.1 <john@example.com>: inactive address
550 5.7.1 <john@example.com>: User unknown
550 NO_SUCH_USER
550 There is no mail box of that name
550 The recipient cannot be verified
550 Recipient address is not recognized
550 No route found to this domain
550 Nie ma takiego konta
550 Destinatario errato
"""
MAILBOX = """
552 5.2.2 The email account that you tried to reach is over quota.
554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException
552 Requested mail action aborted: exceeded storage allocation
552-5.3.4 Your message exceeded the message size limits
550 5.2.1 The email account that you tried to reach is disabled.
550 5.2.1 <john@example.com>... User unknown
550 Account is not active
550 Postfach ist voll
550 Zu viele Mails auf dem Server
550 This user has exhausted his storage
550 The account is unavailable
550 Konto jest zablokowane
550 El usuario x está en estado: inactivo
"""
POLICY = """
554 5.7.1 Service unavailable; Client host [192.0.2.4] blocked using a list
550 5.7.1 Unable to relay
554 5.7.1 <john@example.com>: Relay access denied
550 5.7.606 Access denied, banned sending IP [192.0.2.4]
550 5.7.1 RESOLVER.RST.NotAuthorized; not authorized
554 Reject due to policy restrictions.
554 5.7.1 Delivery not wanted
550 5.1.1 RCPT Refused due to recipient preferences
550 5.7.1 <john@example.com>: Recipient address rejected: Access denied
550 Too many unknown recipients
554 Connection refused due to abuse
553 Rejected, see https://www.spamhaus.org/query/ip/192.0.2.4
"""
CONTENT = """
554 5.7.1 Message rejected as spam by Content Filtering.
554 5.7.1 Virus found in message
552 5.6.0 Headers too large
554 5.6.1 Odd body
john@example.com is not accepting mail with attachments
"""
SENDER = """
550-5.7.26 This mail is unauthenticated. Senders must pass either SPF or DKIM.
550 5.7.23 The message was rejected because of Sender Policy Framework violation
553 5.1.8 <janet@crm.example>... Domain of sender address does not exist
550 Cannot find your reverse hostname
550 5.7.27 Odd answer
"""
SERVER = """
554 5.4.6 Too many hops
5.4.7 Delivery expired
500 5.5.1 Command unrecognized
X-Unix; 255
421 Odd answer
delivery temporarily suspended: connect to example.com[192.0.2.4]:25: No route to host
"""
UNKNOWN = """
5.0.0 Odd answer
Odd answer
5.8.0 Odd answer
5.1.5 Fine
5.10.1 Odd answer
"""
PASSING = """
451 4.4.1 connect to example.com[192.0.2.4]:25: Connection timed out
450 4.1.1 <john@example.com>: User unknown in local recipient table
452 4.2.2 Over quota
"""


def said(words: str, *, stated: str = "", entry: str = "") -> Finding:
    return judge(stated, [Answer(entry=entry or words, lines=words, words=words)])


def lines(*tables: str) -> list[str]:
    return [line for table in tables for line in table.strip().splitlines()]


@pytest.mark.parametrize("words", lines(DEAD))
def test_these_words_speak_against_the_address(words: str) -> None:
    finding = said(words)
    assert finding.reason.blame is Blame.ADDRESS
    assert finding.reason.dead
    assert finding.permanent is not False


@pytest.mark.parametrize(
    ("words", "blame"),
    [
        *((line, Blame.MAILBOX) for line in lines(MAILBOX)),
        *((line, Blame.POLICY) for line in lines(POLICY)),
        *((line, Blame.CONTENT) for line in lines(CONTENT)),
        *((line, Blame.SENDER) for line in lines(SENDER)),
        *((line, Blame.SERVER) for line in lines(SERVER)),
        *((line, Blame.UNKNOWN) for line in lines(UNKNOWN)),
    ],
)
def test_these_words_blame_another_and_leave_the_address_alone(words: str, blame: Blame) -> None:
    finding = said(words)
    assert finding.reason.blame is blame
    assert not finding.reason.dead


@pytest.mark.parametrize("words", lines(PASSING))
def test_a_temporary_refusal_never_calls_the_address_dead(words: str) -> None:
    finding = said(words)
    assert finding.permanent is False
    assert not finding.reason.dead


def test_a_reply_code_alone_is_better_than_nothing() -> None:
    assert by_codes("5.0.0", "552").blame is Blame.MAILBOX
    assert by_codes(None, "571").blame is Blame.SERVER
    assert by_codes("5.0.9", None).blame is Blame.UNKNOWN


def test_a_vague_status_gives_way_to_the_one_that_the_server_named() -> None:
    assert said("550 5.2.2 Mailbox full", stated="5.0.0").status == "5.2.2"
    assert said("550 5.0.0 Odd", stated="5.2.2").status == "5.2.2"
    assert said("odd", stated="5.0.0 (permanent failure)").status == "5.0.0"


def test_a_status_field_may_name_a_subject_of_the_program_s_own() -> None:
    finding = judge("5.9.8", [])
    assert (finding.status, finding.permanent) == ("5.9.8", True)
    assert finding.reason.blame is Blame.UNKNOWN
    assert judge("failed (5.2.2)", []).status == "5.2.2"
    assert judge("550", []).status is None


def test_beside_an_exact_code_only_a_server_gives_a_reason() -> None:
    nearby = Answer(entry="scanned for spam", lines="scanned for spam", quoted=False)
    assert judge("5.1.1", [nearby], rest="scanned for spam").reason.dead
    assert judge("5.0.0", [nearby]).reason.blame is Blame.CONTENT


def test_the_remark_beside_the_status_is_read_where_the_server_said_nothing() -> None:
    finding = judge("5.0.0 (recipient reached disk quota)", [])
    assert finding.reason.blame is Blame.MAILBOX


@pytest.mark.parametrize(
    ("entry", "blame"),
    [
        ("553 No such domain (in reply to MAIL FROM command)", Blame.SENDER),
        ("SMTP error after end of data: 550 User unknown", Blame.MAILBOX),
    ],
)
def test_the_refused_command_outweighs_words_against_the_address(entry: str, blame: Blame) -> None:
    assert said(entry).reason.blame is blame


def test_an_exact_code_outweighs_the_refused_command() -> None:
    assert said("550 5.1.1 User unknown (in reply to end of DATA command)").reason.dead


def test_names_in_addresses_links_and_hosts_are_no_reason() -> None:
    words = (
        "host spam-virus.example.com[192.0.2.25] said: 550 5.1.1 <quota-full@example.com>: "
        "User unknown, see https://example.com/blocked/dkim"
    )
    assert said(words).reason.dead


def test_a_diagnostic_is_one_line_of_at_most_1000_characters() -> None:
    diagnostic = said("550 5.1.1 no\x00such\x1b[31m user\n" + "x" * 2000).diagnostic
    assert diagnostic.startswith("550 5.1.1 no such [31m user xxx")
    assert len(diagnostic) == 1000
