"""One entry of a story: when, what, who says so, and the facts that go with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from django.utils.formats import date_format

from crm_notify.desk.marks import Text, local


class Rank(IntEnum):
    """What comes first of two things that happened at the same moment."""

    RECORDED = 0
    RESENT = 1
    ATTEMPTED = 2
    HEARD = 3
    WARNED = 4
    ACKNOWLEDGED = 5
    CLOSED = 6


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A label and what stands there; the value may be others' words."""

    label: Text
    value: Text


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing that happened. Ids say which pages it can lead to."""

    at: datetime
    rank: Rank
    #: The id of the row that says so; the last word on what comes first.
    pk: int
    #: good, bad, doubt, going or quiet.
    tone: str
    title: Text
    #: Which notification of the chain it is about; None: all of it.
    about: int | None
    #: Who or what said so.
    by: Text = ""
    #: Words of others, as they were said.
    quote: str = ""
    facts: tuple[Fact, ...] = ()
    activity: int | None = None
    receipt: int | None = None
    resend: int | None = None
    instead_of: int | None = None

    @property
    def place(self) -> tuple[datetime, int, int]:
        """Where it stands in the story."""
        return self.at, self.rank, self.pk


def facts(*pairs: tuple[Text, object]) -> tuple[Fact, ...]:
    """Facts of what is there; a time is shown to the second, in the reader's zone."""
    return tuple(
        Fact(label=label, value=moment(value) if isinstance(value, datetime) else str(value))
        for label, value in pairs
        if value not in ("", None)
    )


def moment(when: datetime) -> str:
    """A time to the second."""
    return date_format(local(when), "Y-m-d H:i:s")
