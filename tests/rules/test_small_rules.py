"""Sender, retry and text: small rules, stated as tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_notify.rules.retry import patience, pause
from crm_notify.rules.sender import Sender, domain_of, visible
from crm_notify.rules.text import has_control, one_line, printable

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("actor", "address", "expected"),
    [
        (
            "Janet Smith",
            "janet@acme.example",
            Sender(name="Janet Smith", address="janet@acme.example", reply_to=""),
        ),
        (
            "Janet Smith",
            "janet@gmail.example",
            Sender(
                name="Janet Smith via Acme CRM",
                address="notify@acme.example",
                reply_to="janet@gmail.example",
            ),
        ),
        ("", "", Sender(name="Acme CRM", address="notify@acme.example", reply_to="")),
    ],
)
def test_the_actors_address_stands_in_from_only_where_its_domain_is_verified(
    actor: str, address: str, expected: Sender
) -> None:
    sender = visible(
        actor_name=actor,
        actor_address=address,
        own="notify@acme.example",
        domains=["ACME.example"],
        product="Acme CRM",
    )
    assert sender == expected


@pytest.mark.parametrize(
    ("address", "domain"),
    [("a@B.example", "b.example"), ("a@b.example.", "b.example"), ("nothing", ""), ("", "")],
)
def test_the_domain_of_an_address(address: str, domain: str) -> None:
    assert domain_of(address) == domain


def test_pauses_grow_and_end() -> None:
    pauses = [timedelta(minutes=1), timedelta(minutes=5)]
    assert [pause(tries, pauses) for tries in (1, 2, 3)] == [*pauses, None]


@pytest.mark.parametrize(
    ("unclear_since", "confirms", "until"),
    [
        (NOON + timedelta(hours=1), True, NOON + timedelta(minutes=75)),
        (NOON + timedelta(hours=1), False, NOON + timedelta(minutes=75)),
        (None, True, NOON + timedelta(days=1)),
        (None, False, NOON + timedelta(days=5)),
    ],
)
def test_silence_is_borne_for_a_stated_time(
    unclear_since: datetime | None, confirms: bool, until: datetime
) -> None:
    assert until == patience(
        handed_over_at=NOON,
        unclear_since=unclear_since,
        confirms=confirms,
        unclear_after=timedelta(minutes=15),
        silence_after=timedelta(days=1),
        bounce_window=timedelta(days=5),
    )


@given(st.text(), st.integers(1, 50))
def test_one_line_has_no_control_character_and_keeps_its_place(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert not has_control(line)
    assert len(line) <= limit


@given(st.text(max_size=200))
def test_printable_text_holds_nothing_that_hides_or_breaks(text: str) -> None:
    shown = printable(text, 100)
    assert not has_control(shown)
    assert "\u202e" not in shown
    shown.encode()
