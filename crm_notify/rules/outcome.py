"""What people see of a notification, decided from its own side, the evidence and its chain."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from crm_notify.rules.evidence import Evidence, Kind


class Dispatch(StrEnum):
    """Our own side of sending; it may go back (a retry)."""

    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"
    DONE = "done"
    CANCELLED = "cancelled"


class Outcome(StrEnum):
    """The one word that people see and filter by."""

    IN_FLIGHT = "in_flight"
    UNCLEAR = "unclear"
    PRESUMED = "presumed"
    TOLD = "told"
    FAILED = "failed"
    CLOSED = "closed"

    @property
    def needs_a_person(self) -> bool:
        return self in {Outcome.FAILED, Outcome.UNCLEAR}


#: Kinds that say the recipient knows, whatever became of any mail.
KNOWS: frozenset[Kind] = frozenset({Kind.SEEN, Kind.STATED})


def told(evidence: Collection[Evidence], kinds: Collection[Kind]) -> bool:
    """Was somebody told, over a whole chain? A bounce does not undo what a person witnessed.

    ``evidence`` is the folded evidence of every notification of the chain, ``kinds`` the kinds of
    all events about them.
    """
    return Evidence.DELIVERED in evidence or not KNOWS.isdisjoint(kinds)


def outcome(*, evidence: Evidence, kinds: Collection[Kind], chain_told: bool) -> Outcome:
    """Decide the outcome of one notification.

    ``kinds`` are the kinds of the events about this notification. Evidence beats the sweep's
    verdicts on time, and what a person did beats both; nothing but evidence makes it ``told``.
    """
    if chain_told:
        return Outcome.TOLD
    if Kind.CLOSED in kinds:
        return Outcome.CLOSED
    if evidence.is_failure:
        return Outcome.FAILED
    if Kind.UNCONFIRMED in kinds:
        return Outcome.UNCLEAR
    if Kind.PRESUMED in kinds and evidence < Evidence.UNCLEAR:
        return Outcome.PRESUMED
    return Outcome.IN_FLIGHT


def dispatch(*, now: Dispatch, evidence: Evidence, outcome: Outcome) -> Dispatch:
    """Decide our own side: what the world has seen, or what is over, is not sent again.

    What was cancelled because somebody had been told is queued again where that turns out wrong.
    """
    if now in {Dispatch.SENDING, Dispatch.DONE}:
        return now
    if evidence > Evidence.NONE:
        return Dispatch.DONE
    if now == Dispatch.UNKNOWN:
        return now
    return Dispatch.QUEUED if outcome == Outcome.IN_FLIGHT else Dispatch.CANCELLED
