"""From a provider's word and a server's answer to a code, a text and whom they blame."""

from __future__ import annotations

import pytest

from crm_notify.rules.evidence import Blame, Kind
from crm_notify.rules.news import Reading
from crm_notify.rules.providers.verdict import Verdict, failure_code, is_permanent, reading


def blame(
    said: str, kind: Kind = Kind.BOUNCED, *, fixed: Blame | None = None, code: str = ""
) -> Blame:
    verdict = Verdict(kind=kind, blame=fixed, otherwise=Blame.UNKNOWN)
    return reading(verdict, raw_kind="bounce", said=(said,), codes=(code,)).blame


@pytest.mark.parametrize(
    ("answer", "whom"),
    [
        ("550 5.1.1 no such user", Blame.ADDRESS),
        ("550 5.1.10 RESOLVER.ADR.RecipientNotFound", Blame.ADDRESS),
        ("552 5.2.2 over quota", Blame.MAILBOX),
        ("554 5.4.0 sorry", Blame.SERVER),
        ("554 5.6.0 cannot be converted", Blame.CONTENT),
        ("550 5.7.1 refused", Blame.POLICY),
        ("550 5.7.26 this mail is unauthenticated", Blame.SENDER),
        ("550 5.7.1 rejected by the DMARC policy of example.com", Blame.SENDER),
        ("", Blame.UNKNOWN),
    ],
)
def test_a_servers_answer_blames_by_its_code_and_words(answer: str, whom: Blame) -> None:
    assert blame(answer) is whom


@pytest.mark.parametrize("answer", ["550", "550 ", "550 5.0.0", "550 5.5.0", "554 no"])
def test_a_mere_no_says_nothing_about_the_reason(answer: str) -> None:
    assert blame(answer) is Blame.UNKNOWN


def test_what_a_provider_suspects_holds_where_the_server_gave_no_reason() -> None:
    verdict = Verdict(kind=Kind.BOUNCED, otherwise=Blame.ADDRESS)
    assert reading(verdict, raw_kind="", said=("550 5.5.0",)).blame is Blame.ADDRESS
    assert reading(verdict, raw_kind="", said=("552 5.2.2 full",)).blame is Blame.MAILBOX


def test_what_a_provider_knows_holds_against_the_server() -> None:
    assert blame("552 5.2.2 full", fixed=Blame.SERVER) is Blame.SERVER


@pytest.mark.parametrize("filed", [Blame.POLICY, Blame.CONTENT])
def test_a_refusal_filed_under_spam_may_be_our_own_domains_fault(filed: Blame) -> None:
    assert blame("550 5.7.26 failed DMARC", fixed=filed) is Blame.SENDER
    assert blame("550 5.7.1 looks like spam", fixed=filed) is filed


def test_a_server_that_was_not_sure_does_not_speak_against_the_address() -> None:
    assert blame("450 4.1.1 user unknown", kind=Kind.EXPIRED) is Blame.UNKNOWN
    assert blame("450 4.1.1 user unknown", kind=Kind.DEFERRED) is Blame.UNKNOWN
    assert blame("550 5.1.0 sorry", kind=Kind.REJECTED) is Blame.UNKNOWN
    assert blame("550 5.1.1 user unknown", kind=Kind.EXPIRED) is Blame.ADDRESS
    full = Verdict(kind=Kind.EXPIRED, otherwise=Blame.MAILBOX)
    assert reading(full, raw_kind="", said=("450 4.1.1 user unknown",)).blame is Blame.MAILBOX


def test_a_provider_that_calls_it_a_bounce_is_surer_than_the_code() -> None:
    assert blame("550 5.1.0 sorry", kind=Kind.BOUNCED) is Blame.ADDRESS
    assert blame("450 4.1.1 user unknown", kind=Kind.BOUNCED) is Blame.ADDRESS


def test_a_field_for_the_code_goes_before_the_text() -> None:
    found = reading(
        Verdict(kind=Kind.BOUNCED), raw_kind="", said=("550 5.4.4 no",), codes=("5.2.1",)
    )
    assert (found.code, found.blame) == ("5.2.1", Blame.MAILBOX)


def test_only_the_beginning_of_a_text_is_read() -> None:
    found = reading(Verdict(kind=Kind.BOUNCED), raw_kind="", said=("x " * 600 + "550 5.1.1",))
    assert (found.code, found.blame) == ("", Blame.UNKNOWN)


@pytest.mark.parametrize("kind", [Kind.DEFERRED, Kind.UNCLEAR, Kind.EXPIRED, Kind.REJECTED])
def test_what_is_held_up_blames_somebody_too(kind: Kind) -> None:
    assert blame("452 4.2.2 full", kind=kind) is Blame.MAILBOX


@pytest.mark.parametrize("kind", [Kind.SENT, Kind.DELIVERED, Kind.OPENED, Kind.COMPLAINED])
def test_what_arrived_blames_nobody(kind: Kind) -> None:
    assert blame("550 5.1.1 no such user", kind=kind, fixed=Blame.ADDRESS) is Blame.NONE


@pytest.mark.parametrize(
    ("sources", "code"),
    [
        (["5.0.0", "550 5.1.1 unknown"], "5.1.1"),
        (["550", "5.1.1"], "5.1.1"),
        (["", "550 unknown"], "550"),
        (["5.0.0", "550 unknown"], "5.0.0"),
        (["250 2.1.5 fine"], ""),
        (["10.5.1.1"], ""),
        ([], ""),
    ],
)
def test_the_code_that_says_most_is_kept(sources: list[str], code: str) -> None:
    assert failure_code(sources) == code


def test_permanent_is_what_a_code_of_class_5_says() -> None:
    assert is_permanent(["550"])
    assert is_permanent(["5.0.0"])
    assert not is_permanent(["450 4.1.1"])
    assert not is_permanent(["no code at all"])


def test_a_success_keeps_its_own_code() -> None:
    delivered = Verdict(kind=Kind.DELIVERED)
    assert reading(delivered, raw_kind="", said=("250 2.0.0 OK",)).code == "2.0.0"
    assert reading(delivered, raw_kind="", said=("250 OK",)).code == ""


def test_the_first_text_that_says_anything_is_shown() -> None:
    def shown(*said: str) -> str:
        verdict = Verdict(kind=Kind.BOUNCED)
        return reading(verdict, raw_kind="", said=said, shown=("an explanation",)).text

    assert shown("", " ", "550 no") == "550 no"
    assert shown("", "") == "an explanation"


def test_an_explanation_of_the_word_is_not_judged() -> None:
    verdict = Verdict(kind=Kind.BOUNCED)
    assert reading(verdict, raw_kind="", shown=("user unknown",)).blame is Blame.UNKNOWN


def test_what_is_kept_is_of_bounded_length_and_fit_to_be_shown() -> None:
    nasty = "\x00\u202e\ud800" + "x" * 5000
    reading_ = reading(
        Verdict(kind=Kind.BOUNCED), raw_kind=nasty, said=(nasty,), own_id=nasty, codes=(nasty,)
    )
    assert reading_ == Reading(
        kind=Kind.BOUNCED,
        blame=Blame.UNKNOWN,
        text="x" * 1000,
        raw_kind="x" * 100,
        own_id="x" * 255,
    )
