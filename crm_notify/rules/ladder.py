"""Who is to act on a failure next, and when: a ladder of rungs, climbed until somebody does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """As what somebody is warned."""

    ACTOR = "actor"
    BACKUP = "backup"
    ADMINS = "admins"
    HANDED = "handed"


class Act(StrEnum):
    """What a rung does: warn somebody, or reach the recipient by another channel."""

    ACTOR = "actor"
    BACKUP = "backup"
    ADMINS = "admins"
    FALLBACK = "fallback"


@dataclass(frozen=True, kw_only=True)
class Rung:
    """One act, and how long after the failure it comes; with an urgency, only for that one."""

    act: Act
    after: timedelta
    urgency: str = ""


@dataclass(frozen=True, kw_only=True)
class Situation:
    """Where one failure stands.

    ``done`` are the acts that were done about it. ``actor`` and ``backup`` say whether there is
    such a person who is here to act; ``fallback`` whether there is another way to the recipient,
    and ``quiet_until`` when he may be reached by it at the earliest, where that is not now.
    """

    failed_at: datetime
    urgent: bool
    done: frozenset[Act] = frozenset()
    actor: bool = True
    backup: bool = True
    fallback: bool = False
    quiet_until: datetime | None = None
    acknowledged_at: datetime | None = None
    snoozed_until: datetime | None = None
    folded: bool = False


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What is to be done now, and when to ask again: always later than now."""

    acts: tuple[Act, ...]
    due_at: datetime


#: When an act comes: from the moment of the failure and the rung's time.
Clock = Callable[[datetime, timedelta], datetime]


def plainly(start: datetime, wait: timedelta) -> datetime:
    """Every hour counts."""
    return start + wait


def decide(
    situation: Situation,
    ladder: Sequence[Rung],
    *,
    now: datetime,
    again_after: timedelta,
    clock: Clock = plainly,
) -> Decision:
    """Climb as far as it is time for.

    Who is not here is passed over, and the next one is asked when it would have been his turn. To
    acknowledge stops the clock for ``again_after``, to snooze moves it; after the last rung
    everybody is asked anew in that rhythm. A folded failure stands before the admins already and
    climbs no further by itself.

    ``clock`` counts the waiting, of an urgent failure every hour. ``again_after`` is longer than
    zero.
    """
    paused = paused_until(situation, again_after)
    if paused is not None and paused > now:
        return Decision(acts=(), due_at=paused)
    if situation.folded and not situation.urgent:
        return Decision(acts=(), due_at=_next_beat(situation.failed_at, again_after, now))
    counts = plainly if situation.urgent else clock
    acts: list[Act] = []
    later: list[datetime] = []
    last = situation.failed_at
    for act, wait in _climbable(ladder, situation):
        # Who is asked at once does not wait for the business to open.
        at = counts(situation.failed_at, wait) if wait else situation.failed_at
        if act == Act.FALLBACK and not situation.urgent:
            at = max(at, situation.quiet_until or at)
        if at <= now:
            last = max(last, at)
        if act in situation.done or act in acts:
            continue
        if at <= now:
            acts.append(act)
        else:
            later.append(at)
    due_at = min(later) if later else _next_beat(last, again_after, now)
    return Decision(acts=tuple(acts), due_at=due_at)


def _next_beat(start: datetime, pause: timedelta, now: datetime) -> datetime:
    """The next moment of a rhythm: news on the way does not put it off."""
    return start + ((now - start) // pause + 1) * pause


def paused_until(situation: Situation, again_after: timedelta) -> datetime | None:
    """Until when nobody else is asked, because somebody said that he does."""
    held = [] if situation.snoozed_until is None else [situation.snoozed_until]
    if situation.acknowledged_at is not None:
        held.append(situation.acknowledged_at + again_after)
    return max(held, default=None)


def _climbable(ladder: Sequence[Rung], situation: Situation) -> Iterator[tuple[Act, timedelta]]:
    """The rungs that hold, in order; where nobody stands on one, the next one takes its time."""
    urgency = "urgent" if situation.urgent else "normal"
    here = {Act.ACTOR: situation.actor, Act.BACKUP: situation.backup}
    empty: timedelta | None = None
    for rung in sorted(ladder, key=lambda rung: rung.after):
        if rung.urgency not in {"", urgency}:
            continue
        if rung.act == Act.FALLBACK:
            if situation.fallback:
                yield rung.act, rung.after
            continue
        wait = rung.after if empty is None else empty
        if here.get(rung.act, True):
            empty = None
            yield rung.act, wait
        else:
            empty = wait


def ends_before_admins(ladder: Sequence[Rung], *, urgency: str) -> bool:
    """Whether the last who are asked are the admins; to reach the recipient asks nobody."""
    asking = [rung for rung in ladder if rung.act != Act.FALLBACK and rung.urgency in {"", urgency}]
    asking.sort(key=lambda rung: rung.after)
    return bool(asking) and asking[-1].act == Act.ADMINS


def read(rungs: Sequence[Mapping[str, Any]]) -> tuple[Rung, ...]:
    """Return the rungs that settings describe; raise ValueError with what to type instead."""
    return tuple(_rung(given) for given in rungs)


def _rung(given: Mapping[str, Any]) -> Rung:
    if unknown := set(given) - {"act", "after", "urgency"}:
        raise ValueError(f"a rung has no {', '.join(sorted(unknown))}; it has act, after, urgency.")
    act, after, urgency = (
        given.get("act"),
        given.get("after", timedelta(0)),
        given.get("urgency", ""),
    )
    if act not in list(Act):
        raise ValueError(f"there is no act {act!r}; there are {', '.join(Act)}.")
    if not isinstance(after, timedelta) or after < timedelta(0):
        raise ValueError(f"after must be a timedelta and not negative, not {after!r}.")
    if urgency not in {"", "normal", "urgent"}:
        raise ValueError(f"urgency is normal or urgent, or left out, not {urgency!r}.")
    return Rung(act=Act(act), after=after, urgency=urgency)
