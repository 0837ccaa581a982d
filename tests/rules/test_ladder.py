"""The ladder: who is asked when, whom it passes over, and what holds it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crm_notify.rules.ladder import (
    Act,
    Decision,
    Situation,
    decide,
    ends_before_admins,
    paused_until,
    read,
)

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
LADDER = read(
    [
        {"act": "actor"},
        {"act": "fallback", "urgency": "urgent"},
        {"act": "backup", "after": timedelta(minutes=15)},
        {"act": "admins", "after": timedelta(hours=4)},
    ]
)


def after(**by: float) -> datetime:
    return NOON + timedelta(**by)


def situation(**given: Any) -> Situation:
    return Situation(**{"failed_at": NOON, "urgent": False, **given})


def acts(now: datetime, **given: Any) -> str:
    """What is done at that moment, in words."""
    decision = decide(situation(**given), LADDER, now=now, again_after=DAY)
    return " ".join(decision.acts)


def due(now: datetime, **given: Any) -> datetime:
    return decide(situation(**given), LADDER, now=now, again_after=DAY).due_at


def done(*names: str) -> frozenset[Act]:
    return frozenset(map(Act, names))


@pytest.mark.parametrize(
    ("now", "given", "expected", "due_at"),
    [
        (NOON, {}, "actor", after(minutes=15)),
        (after(minutes=14), {"done": done("actor")}, "", after(minutes=15)),
        (after(minutes=15), {"done": done("actor")}, "backup", after(hours=4)),
        (after(hours=4), {"done": done("actor", "backup")}, "admins", after(hours=28)),
        (after(hours=5), {}, "actor backup admins", after(hours=28)),
        (after(hours=27), {"done": done("actor", "backup", "admins")}, "", after(hours=28)),
        (after(hours=28), {"done": done("actor", "backup", "admins")}, "", after(hours=52)),
    ],
)
def test_each_is_asked_when_it_is_his_turn(
    now: datetime, given: dict[str, Any], expected: str, due_at: datetime
) -> None:
    assert (acts(now, **given), due(now, **given)) == (expected, due_at)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"actor": False}, "backup"),
        ({"actor": False, "backup": False}, "admins"),
        ({"backup": False}, "actor"),
        ({"actor": False, "done": done("actor")}, "backup"),
    ],
)
def test_who_is_not_here_is_passed_over_and_the_next_takes_his_time(
    given: dict[str, Any], expected: str
) -> None:
    assert acts(NOON, **given) == expected


def test_where_there_is_no_backup_the_admins_are_asked_in_his_place() -> None:
    given: dict[str, Any] = {"backup": False, "done": done("actor")}
    assert due(NOON, **given) == after(minutes=15)
    assert acts(after(minutes=15), **given) == "admins"


def test_another_way_to_the_recipient_is_taken_at_once_where_it_is_urgent() -> None:
    assert acts(NOON, fallback=True) == "actor"
    assert acts(NOON, fallback=True, urgent=True) == "actor fallback"
    assert acts(NOON, fallback=True, urgent=True, done=done("fallback")) == "actor"
    assert acts(NOON, fallback=False, urgent=True) == "actor"


ANYBODY = read([{"act": "actor"}, {"act": "fallback"}, {"act": "admins", "after": DAY}])


def test_quiet_hours_hold_a_short_message_back_and_nothing_else() -> None:
    given: dict[str, Any] = {"fallback": True, "quiet_until": after(hours=7)}
    decision = decide(situation(**given), ANYBODY, now=NOON, again_after=DAY)
    assert decision == Decision(acts=(Act.ACTOR,), due_at=after(hours=7))
    decision = decide(situation(urgent=True, **given), ANYBODY, now=NOON, again_after=DAY)
    assert decision.acts == (Act.ACTOR, Act.FALLBACK)
    over: dict[str, Any] = {"fallback": True, "done": done("actor")}
    decision = decide(situation(**over), ANYBODY, now=after(hours=7), again_after=DAY)
    assert decision.acts == (Act.FALLBACK,)


def slowly(start: datetime, wait: timedelta) -> datetime:
    return start + 10 * wait + timedelta(hours=1)


def test_business_hours_count_for_what_is_not_urgent_and_not_for_who_is_asked_at_once() -> None:
    def climb(*, urgent: bool) -> Decision:
        return decide(situation(urgent=urgent), LADDER, now=NOON, again_after=DAY, clock=slowly)

    assert climb(urgent=False) == Decision(acts=(Act.ACTOR,), due_at=after(minutes=210))
    assert climb(urgent=True) == Decision(acts=(Act.ACTOR,), due_at=after(minutes=15))


@pytest.mark.parametrize(
    ("given", "until"),
    [
        ({}, None),
        ({"acknowledged_at": NOON}, after(days=1)),
        ({"snoozed_until": after(hours=2)}, after(hours=2)),
        # One does it, another looks at it later: who does it has his time.
        ({"acknowledged_at": NOON, "snoozed_until": after(hours=2)}, after(days=1)),
    ],
)
def test_who_says_that_he_acts_stops_the_clock_for_a_time(
    given: dict[str, Any], until: datetime | None
) -> None:
    assert paused_until(situation(**given), DAY) == until
    now = after(hours=1)
    if until is not None:
        paused = decide(situation(**given), LADDER, now=now, again_after=DAY)
        assert paused == Decision(acts=(), due_at=until)
        assert acts(until, **given) != ""


def test_what_is_folded_stands_before_the_admins_unless_it_is_urgent() -> None:
    late = after(hours=5)
    assert (acts(late, folded=True), due(late, folded=True)) == ("", after(days=1))
    assert acts(late, folded=True, urgent=True) == "actor backup admins"


def test_a_rung_for_one_urgency_holds_for_that_one_only() -> None:
    ladder = read(
        [
            {"act": "actor", "urgency": "normal"},
            {"act": "backup", "urgency": "urgent"},
            {"act": "actor", "after": timedelta(hours=1)},
            {"act": "admins", "after": timedelta(hours=2)},
        ]
    )

    def climbed(now: datetime, *, urgent: bool) -> tuple[Act, ...]:
        return decide(situation(urgent=urgent), ladder, now=now, again_after=DAY).acts

    assert climbed(NOON, urgent=False) == (Act.ACTOR,)
    assert climbed(NOON, urgent=True) == (Act.BACKUP,)
    assert climbed(after(hours=2), urgent=True) == (Act.BACKUP, Act.ACTOR, Act.ADMINS)
    assert climbed(after(hours=2), urgent=False) == (Act.ACTOR, Act.ADMINS)


def test_a_rung_that_names_somebody_again_counts_for_the_rhythm_whenever_it_is_looked_at() -> None:
    ladder = read([{"act": "admins"}, {"act": "admins", "after": timedelta(hours=1)}])

    def beat(*did: str) -> datetime:
        where = situation(done=done(*did))
        return decide(where, ladder, now=after(hours=2), again_after=DAY).due_at

    assert beat() == beat("admins") == after(hours=25)


@pytest.mark.parametrize(
    ("rung", "said"),
    [
        ({"act": "boss"}, "no act 'boss'"),
        ({}, "no act None"),
        ({"act": "actor", "when": DAY}, "has no when"),
        ({"act": "actor", "after": 15}, "must be a timedelta"),
        ({"act": "actor", "after": -DAY}, "not negative"),
        ({"act": "actor", "urgency": "high"}, "normal or urgent"),
    ],
)
def test_a_rung_that_cannot_be_read_says_what_to_type(rung: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read([rung])


@pytest.mark.parametrize(
    ("rungs", "normal", "urgent"),
    [
        ([], False, False),
        ([{"act": "actor"}], False, False),
        ([{"act": "actor"}, {"act": "admins", "after": DAY}], True, True),
        ([{"act": "admins", "after": DAY}, {"act": "backup"}], True, True),
        ([{"act": "admins"}, {"act": "backup", "after": DAY}], False, False),
        ([{"act": "admins"}, {"act": "backup"}], False, False),
        ([{"act": "admins"}, {"act": "fallback", "after": DAY}], True, True),
        ([{"act": "admins", "urgency": "urgent"}], False, True),
        ([{"act": "admins"}, {"act": "actor", "after": DAY, "urgency": "urgent"}], True, False),
    ],
)
def test_a_ladder_is_whole_that_ends_before_the_admins(
    rungs: list[dict[str, Any]], normal: bool, urgent: bool
) -> None:
    assert ends_before_admins(read(rungs), urgency="normal") is normal
    assert ends_before_admins(read(rungs), urgency="urgent") is urgent
