"""The ladder at random: it is always looked at again, nobody is asked twice or passed over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from crm_notify.rules.ladder import Act, Clock, Decision, Rung, Situation, decide, plainly

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def slowly(start: datetime, wait: timedelta) -> datetime:
    """Little of the time counts, and not just now."""
    return start + 10 * wait + timedelta(hours=1)


#: Many of them meet: two rungs at once, and a look in the very moment of a turn.
hours = st.sampled_from([0, 0, 1, 4, 24]).map(lambda number: timedelta(hours=number))
waits = hours | hours | st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=3))
rungs = st.builds(
    Rung,
    act=st.sampled_from(Act),
    after=waits,
    urgency=st.sampled_from(["", "normal", "urgent"]),
)
moments = (hours | hours | st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=8))).map(
    NOON.__add__
)
situations = st.builds(
    Situation,
    failed_at=moments,
    urgent=st.booleans(),
    done=st.frozensets(st.sampled_from(Act)),
    actor=st.booleans(),
    backup=st.booleans(),
    fallback=st.booleans(),
    quiet_until=st.none() | moments,
    acknowledged_at=st.none() | moments,
    snoozed_until=st.none() | moments,
    folded=st.booleans(),
)
ladders = st.lists(rungs, min_size=2, max_size=6) | st.lists(rungs, max_size=1)
clocks = st.sampled_from([plainly, slowly])
rhythms = st.timedeltas(min_value=timedelta(minutes=1), max_value=timedelta(days=7))


@given(where=situations, ladder=ladders, now=moments, again_after=rhythms, clock=clocks)
def test_it_is_always_looked_at_again_and_nothing_is_done_twice(
    where: Situation, ladder: list[Rung], now: datetime, again_after: timedelta, clock: Any
) -> None:
    decision = decide(where, ladder, now=now, again_after=again_after, clock=clock)
    assert decision.due_at > now
    assert len(set(decision.acts)) == len(decision.acts)
    assert not set(decision.acts) & where.done


@given(where=situations, ladder=ladders, now=moments, again_after=rhythms)
def test_urgent_ones_know_no_business_and_no_quiet_hours(
    where: Situation, ladder: list[Rung], now: datetime, again_after: timedelta
) -> None:
    urgent = replace(where, urgent=True)
    loud = replace(urgent, quiet_until=None)
    plain = decide(loud, ladder, now=now, again_after=again_after)
    assert decide(urgent, ladder, now=now, again_after=again_after, clock=slowly) == plain


def unpaused(where: Situation) -> Situation:
    return replace(where, acknowledged_at=None, snoozed_until=None)


@given(where=situations, ladder=ladders, now=moments, again_after=rhythms, clock=clocks)
def test_who_says_that_he_acts_stops_it_for_his_time_and_no_longer(
    where: Situation, ladder: list[Rung], now: datetime, again_after: timedelta, clock: Clock
) -> None:
    held = [moment for moment in (where.snoozed_until,) if moment is not None]
    if where.acknowledged_at is not None:
        held.append(where.acknowledged_at + again_after)
    decision = decide(where, ladder, now=now, again_after=again_after, clock=clock)
    if any(moment > now for moment in held):
        assert decision == Decision(acts=(), due_at=max(held))
    else:
        without = unpaused(where)
        assert decision == decide(without, ladder, now=now, again_after=again_after, clock=clock)


@settings(max_examples=300)
@given(where=situations, ladder=ladders, now=moments, again_after=rhythms, clock=clocks)
def test_what_is_folded_waits_in_its_rhythm_and_what_is_urgent_is_not_folded(
    where: Situation, ladder: list[Rung], now: datetime, again_after: timedelta, clock: Clock
) -> None:
    folded = replace(unpaused(where), folded=True)
    decision = decide(folded, ladder, now=now, again_after=again_after, clock=clock)
    if where.urgent:
        alone = replace(folded, folded=False)
        assert decision == decide(alone, ladder, now=now, again_after=again_after, clock=clock)
    else:
        assert decision.acts == ()
        assert now < decision.due_at <= now + again_after
        assert not (decision.due_at - where.failed_at) % again_after


def turns(where: Situation, ladder: Sequence[Rung], clock: Clock) -> list[tuple[Act, datetime]]:
    """Each act with the moment of its turn, said once more in other words than the rule's."""
    urgency = "urgent" if where.urgent else "normal"
    meant = sorted(
        (rung for rung in ladder if rung.urgency in {"", urgency}), key=lambda rung: rung.after
    )
    away = {act for act in (Act.ACTOR, Act.BACKUP) if not getattr(where, act)}
    asking = [rung for rung in meant if rung.act != Act.FALLBACK]
    found = []
    for place, rung in enumerate(asking):
        if rung.act in away:
            continue
        # He takes the time of the first of those who are away just before him.
        before = place
        while before and asking[before - 1].act in away:
            before -= 1
        found.append((rung.act, moment(where, asking[before].after, clock)))
    for rung in meant:
        if rung.act == Act.FALLBACK and where.fallback:
            at = moment(where, rung.after, clock)
            quiet = None if where.urgent else where.quiet_until
            found.append((rung.act, at if quiet is None else max(at, quiet)))
    return found


def moment(where: Situation, wait: timedelta, clock: Clock) -> datetime:
    if not wait:
        return where.failed_at
    return where.failed_at + wait if where.urgent else clock(where.failed_at, wait)


@settings(max_examples=300)
@given(where=situations, ladder=ladders, now=moments, again_after=rhythms, clock=clocks)
def test_each_is_asked_at_his_turn_and_not_before(
    where: Situation, ladder: list[Rung], now: datetime, again_after: timedelta, clock: Clock
) -> None:
    alone = replace(unpaused(where), folded=False)
    decision = decide(alone, ladder, now=now, again_after=again_after, clock=clock)
    at = turns(alone, ladder, clock)
    asked = {act for act, when in at if when <= now}
    assert set(decision.acts) == asked - where.done
    waiting = [when for act, when in at if when > now and act not in asked | where.done]
    if waiting:
        assert decision.due_at == min(waiting)
    else:
        # All have been asked: anew in a rhythm that begins with the last of them.
        last = max([alone.failed_at, *(when for _, when in at if when <= now)])
        assert now < decision.due_at <= now + again_after
        assert not (decision.due_at - last) % again_after


@given(where=situations, ladder=ladders, again_after=rhythms, clock=clocks, data=st.data())
def test_nobody_on_the_ladder_is_passed_over_for_ever(
    where: Situation, ladder: list[Rung], again_after: timedelta, clock: Any, data: st.DataObject
) -> None:
    """However the sweep is held up: where nobody acts, all who are here have been asked."""
    urgency = "urgent" if where.urgent else "normal"
    here = {Act.ACTOR: where.actor, Act.BACKUP: where.backup, Act.FALLBACK: where.fallback}
    wanted = {
        rung.act for rung in ladder if rung.urgency in {"", urgency} and here.get(rung.act, True)
    }
    now, did = where.failed_at, set(where.done)
    folded = where.folded and not where.urgent
    for _ in range(40):
        standing = replace(where, done=frozenset(did))
        decision = decide(standing, ladder, now=now, again_after=again_after, clock=clock)
        did |= set(decision.acts)
        late = data.draw(st.sampled_from([timedelta(0), timedelta(hours=5)]))
        now = decision.due_at + late
        if wanted <= did:
            break
    assert folded or wanted <= did


@given(where=situations, ladder=ladders, now=moments, again_after=rhythms, later=waits)
def test_what_it_is_time_for_stays_so_until_it_is_done(
    where: Situation, ladder: list[Rung], now: datetime, again_after: timedelta, later: timedelta
) -> None:
    rested = unpaused(where)
    first = decide(rested, ladder, now=now, again_after=again_after)
    second = decide(rested, ladder, now=now + later, again_after=again_after)
    assert set(first.acts) <= set(second.acts)
    assert now + later >= first.due_at or first.acts == second.acts
