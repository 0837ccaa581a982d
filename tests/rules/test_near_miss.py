"""Near misses: what somebody may have meant, the likeliest first, each with the reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_notify.rules.near_miss import NearMiss, Why, near_misses

WRONG = "john@example.com"


def suggested(known: list[str], *, wrong: str = WRONG, today: str = "") -> list[tuple[str, str]]:
    return [(miss.address, miss.why) for miss in near_misses(wrong, known, today=today)]


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (["jon@example.com"], [("jon@example.com", Why.SPELLING)]),
        (["Jon@Example.com"], [("Jon@Example.com", Why.SPELLING)]),
        (["john@exmaple.com"], [("john@exmaple.com", Why.DOMAIN)]),
        (["john@example.co"], [("john@example.co", Why.DOMAIN)]),
        # Nobody slips twice.
        (["jon@exmaple.com"], []),
        (["bob@example.com"], []),
        (["john@other.test"], []),
        # As long, and of the same letters, but in another order.
        (["nhoj@example.com"], []),
        # The wrong one itself, whatever its case, and what is no address.
        (["JOHN@example.com", "", "john", "Jon Smith"], []),
        (["jon@example.com", "JON@example.com"], [("jon@example.com", Why.SPELLING)]),
    ],
)
def test_one_slip_in_the_name_or_in_the_domain_is_a_near_miss(
    known: list[str], expected: list[tuple[str, str]]
) -> None:
    assert suggested(known) == expected


def test_the_address_of_today_comes_first_however_unlike_it_is() -> None:
    assert suggested(["jon@example.com"], today="j.smith@new.test") == [
        ("j.smith@new.test", Why.TODAY),
        ("jon@example.com", Why.SPELLING),
    ]
    assert suggested([], today="JOHN@example.com") == []
    assert suggested(["Jon@example.com"], today="jon@example.com") == [
        ("jon@example.com", Why.TODAY)
    ]


def test_the_likeliest_three_are_enough() -> None:
    known = [f"{name}@example.com" for name in ("jon", "johnn", "johan", "joh", "johnny")]
    found = near_misses(WRONG, known)
    assert [miss.address for miss in found] == [
        "johan@example.com",
        "johnn@example.com",
        "joh@example.com",
    ]
    assert near_misses(WRONG, known, most=1) == found[:1]


def test_without_an_address_there_is_nothing_to_be_near_to() -> None:
    assert suggested(["jon@example.com"], wrong="") == []
    assert suggested([], wrong="", today="jon@example.com") == [("jon@example.com", Why.TODAY)]


locals_ = st.text("jonhabc", min_size=1, max_size=6)
domains = st.sampled_from(["example.com", "exmaple.com", "example.co", "other.test"])
addresses = st.builds("{}@{}".format, locals_, domains)


@given(wrong=addresses, known=st.lists(addresses, max_size=12), today=st.just("") | addresses)
def test_only_what_is_known_is_suggested_and_nothing_twice(
    wrong: str, known: list[str], today: str
) -> None:
    found: list[NearMiss] = near_misses(wrong, known, today=today)
    names = [miss.address for miss in found]
    assert len(names) <= 3
    assert len(set(names)) == len(names)
    assert set(names) <= {*known, today} - {wrong, ""}
    assert [miss.likeness for miss in found] == sorted(
        (miss.likeness for miss in found), reverse=True
    )
    assert all(0.75 <= miss.likeness <= 1 for miss in found)
    if today and today != wrong:
        assert names[0] == today


@given(wrong=addresses, known=st.lists(addresses, max_size=8, unique=True), data=st.data())
def test_the_order_in_which_they_are_known_does_not_matter(
    wrong: str, known: list[str], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(known))
    assert near_misses(wrong, shuffled) == near_misses(wrong, known)
