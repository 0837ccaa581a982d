"""What may happen at random: each move lists itself, with what it is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from hypothesis import strategies as st

from tests.play.news import MAILS, NEWS

MINUTE, HOUR, DAY = 60, 3600, 24 * 3600

Answers = st.sampled_from(
    ["accepted", "later", "refused", "no such user", "our sender", "unknown", "killed"]
)
News = st.sampled_from(sorted(NEWS))
Mails = st.sampled_from(sorted(MAILS))
#: One past each deadline that there is, and a clock that was set back.
FORTH = [10, 65, 11 * MINUTE, 16 * MINUTE, 65 * MINUTE, 5 * HOUR, 13 * HOUR, 25 * HOUR, 6 * DAY]
BACK = [-30, -2 * HOUR, -2 * DAY]
Waits = st.sampled_from([0, *FORTH, *BACK])
Delays = st.sampled_from([0, 65, 16 * MINUTE, 5 * HOUR])
Picks = st.integers(min_value=0, max_value=5)
Mostly = st.sampled_from([True] * 3 + [False])
Seldom = st.sampled_from([False] * 7 + [True])
Names = st.sampled_from(["janet", "janet", "bob", "john", "alice"])

Deed = TypeVar("Deed", bound=Callable[..., None])
#: The names of what may happen, each with what it is given.
moves: list[st.SearchStrategy[tuple[str, dict[str, Any]]]] = []


def move(**given: st.SearchStrategy[Any]) -> Callable[[Deed], Deed]:
    """Let it happen at random, given values of these."""

    def listed(deed: Deed) -> Deed:
        moves.append(st.tuples(st.just(deed.__name__), st.fixed_dictionaries(given)))
        return deed

    return listed
