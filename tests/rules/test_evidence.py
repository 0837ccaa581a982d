"""Evidence: one strict order, so any order and any repetition of the news give one answer."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_notify.rules.evidence import WEIGHT, Evidence, Kind, of_attempt, of_notification
from crm_notify.rules.outcome import Dispatch, Outcome, dispatch, outcome, told

PROVIDERS_WORDS = [
    Kind.SENT,
    Kind.DEFERRED,
    Kind.UNCLEAR,
    Kind.DELIVERED,
    Kind.BOUNCED,
    Kind.AUTO_REPLIED,
]


def test_the_order_is_strict() -> None:
    assert sorted(Evidence) == list(Evidence)
    assert len({evidence.value for evidence in Evidence}) == len(Evidence)


def test_every_kind_has_a_weight() -> None:
    assert set(WEIGHT) == set(Kind)


@pytest.mark.parametrize("size", [2, 3, 4, 5])
def test_every_order_of_events_gives_the_same_evidence(size: int) -> None:
    news = [WEIGHT[kind] for kind in PROVIDERS_WORDS[-size:]]
    assert {of_attempt(order) for order in permutations(news)} == {max(news)}


@given(st.lists(st.sampled_from(list(Kind)), max_size=12), st.randoms(use_true_random=False))
def test_repeated_and_shuffled_events_change_nothing(kinds: list[Kind], random: object) -> None:
    weights = [WEIGHT[kind] for kind in kinds]
    doubled = weights * 2
    random.shuffle(doubled)
    assert of_attempt(doubled) == of_attempt(weights)


@pytest.mark.parametrize(
    ("attempts", "folded"),
    [
        ([], Evidence.NONE),
        ([Evidence.NONE, Evidence.HANDED_OVER], Evidence.HANDED_OVER),
        ([Evidence.BOUNCED, Evidence.DELIVERED], Evidence.DELIVERED),
        ([Evidence.REFUSED, Evidence.HANDED_OVER], Evidence.REFUSED),
        ([Evidence.DEFERRED, Evidence.EXPIRED], Evidence.EXPIRED),
    ],
)
def test_a_delivery_by_any_attempt_beats_the_failure_of_another(
    attempts: list[Evidence], folded: Evidence
) -> None:
    assert {of_notification(order) for order in permutations(attempts)} == {folded}


@pytest.mark.parametrize(
    ("attempts", "of_any", "folded"),
    [
        ([], Evidence.BOUNCED, Evidence.BOUNCED),
        ([Evidence.DELIVERED], Evidence.BOUNCED, Evidence.BOUNCED),
        ([Evidence.BOUNCED], Evidence.DELIVERED, Evidence.BOUNCED),
        ([Evidence.NONE, Evidence.REFUSED], Evidence.DELIVERED, Evidence.DELIVERED),
        ([Evidence.NONE, Evidence.DELIVERED], Evidence.BOUNCED, Evidence.BOUNCED),
    ],
)
def test_news_of_which_attempt_is_not_known_weighs_on_each(
    attempts: list[Evidence], of_any: Evidence, folded: Evidence
) -> None:
    assert {of_notification(order, of_any=of_any) for order in permutations(attempts)} == {folded}


def test_an_open_or_a_click_moves_nothing() -> None:
    assert WEIGHT[Kind.OPENED] == WEIGHT[Kind.CLICKED] == Evidence.NONE


def test_a_reply_or_a_complaint_can_only_come_from_a_delivered_mail() -> None:
    for kind in (Kind.AUTO_REPLIED, Kind.COMPLAINED, Kind.UNSUBSCRIBED):
        assert WEIGHT[kind] == Evidence.DELIVERED


def test_a_bounce_does_not_undo_what_a_person_witnessed() -> None:
    assert told([Evidence.BOUNCED], [Kind.BOUNCED, Kind.STATED])
    assert told([Evidence.BOUNCED], [Kind.SEEN])


def test_a_late_bounce_undoes_a_delivery() -> None:
    assert not told([of_attempt([Evidence.DELIVERED, Evidence.BOUNCED])], [])


@pytest.mark.parametrize(
    ("evidence", "kinds", "expected"),
    [
        (Evidence.NONE, [], Outcome.IN_FLIGHT),
        (Evidence.HANDED_OVER, [], Outcome.IN_FLIGHT),
        (Evidence.UNCLEAR, [Kind.UNCLEAR], Outcome.IN_FLIGHT),
        (Evidence.UNCLEAR, [Kind.UNCLEAR, Kind.UNCONFIRMED], Outcome.UNCLEAR),
        (Evidence.HANDED_OVER, [Kind.PRESUMED], Outcome.PRESUMED),
        (Evidence.UNCLEAR, [Kind.PRESUMED], Outcome.IN_FLIGHT),
        (Evidence.HANDED_OVER, [Kind.PRESUMED, Kind.UNCONFIRMED], Outcome.UNCLEAR),
        (Evidence.BOUNCED, [Kind.PRESUMED], Outcome.FAILED),
        (Evidence.REFUSED, [], Outcome.FAILED),
        (Evidence.BOUNCED, [Kind.CLOSED], Outcome.CLOSED),
    ],
)
def test_outcome_by_table(evidence: Evidence, kinds: list[Kind], expected: Outcome) -> None:
    assert outcome(evidence=evidence, kinds=kinds, chain_told=False) == expected
    assert outcome(evidence=evidence, kinds=kinds, chain_told=True) == Outcome.TOLD


@given(
    st.sampled_from(list(Evidence)),
    st.sets(st.sampled_from(list(Kind))),
)
def test_nothing_but_evidence_makes_it_told(evidence: Evidence, kinds: set[Kind]) -> None:
    is_told = told([evidence], kinds)
    result = outcome(evidence=evidence, kinds=kinds, chain_told=is_told)
    witnessed = bool(kinds & {Kind.SEEN, Kind.STATED})
    assert (result == Outcome.TOLD) == (evidence == Evidence.DELIVERED or witnessed)
    assert not (evidence.is_failure and result == Outcome.IN_FLIGHT)


@pytest.mark.parametrize(
    ("now", "evidence", "result", "then"),
    [
        (Dispatch.QUEUED, Evidence.NONE, Outcome.IN_FLIGHT, Dispatch.QUEUED),
        (Dispatch.QUEUED, Evidence.SENT, Outcome.IN_FLIGHT, Dispatch.DONE),
        (Dispatch.QUEUED, Evidence.NONE, Outcome.TOLD, Dispatch.CANCELLED),
        (Dispatch.CANCELLED, Evidence.NONE, Outcome.IN_FLIGHT, Dispatch.QUEUED),
        (Dispatch.UNKNOWN, Evidence.NONE, Outcome.TOLD, Dispatch.UNKNOWN),
        (Dispatch.UNKNOWN, Evidence.SENT, Outcome.IN_FLIGHT, Dispatch.DONE),
        (Dispatch.SENDING, Evidence.DELIVERED, Outcome.TOLD, Dispatch.SENDING),
        (Dispatch.DONE, Evidence.NONE, Outcome.IN_FLIGHT, Dispatch.DONE),
    ],
)
def test_what_the_world_has_seen_or_what_is_over_is_not_sent(
    now: Dispatch, evidence: Evidence, result: Outcome, then: Dispatch
) -> None:
    assert dispatch(now=now, evidence=evidence, outcome=result) == then
