"""The values that the warnings' templates and JSON show; everything in them is plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext, ngettext

from crm_notify.desk.putting_off import PutOff
from crm_notify.rules.evidence import Blame
from crm_notify.views.alerts import wording

#: How many warnings a page of the host shows before it folds them.
SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Why a form was refused, and what had been typed into it."""

    alert_id: int
    action: str
    text: str
    typed: str = ""


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """An address that may be the right one. ``why`` is today, spelling, domain or proposed."""

    address: str
    why: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Warned:
    """One open warning in words. ``state`` is failed, failed_again, unclear or sent_again."""

    id: int
    version: str
    notification: int
    recipient: str
    address: str
    headline: str
    what: str
    target: str
    url: str
    done_at: datetime
    reason: str
    provider: str
    diagnosis: str
    code: str
    blame: str
    urgent: bool
    state: str
    progress: str
    opened_at: datetime
    acknowledged_at: datetime | None
    #: Until when it is put off; None where it is not.
    snoozed_until: datetime | None
    #: Who proposes which address, in words; empty where nobody does.
    proposal: str
    suggestions: Sequence[Suggestion]
    #: Where it would go if it were sent again now; empty where that is nowhere.
    send_to: str
    actions: Mapping[str, str]
    problem: Problem | None = None

    @property
    def calls_out(self) -> bool:
        """Whether a screen reader is to be interrupted: urgent, and nobody has done anything."""
        quiet = self.acknowledged_at or self.snoozed_until or self.state == "sent_again"
        return self.urgent and not quiet

    @property
    def done(self) -> str:
        """When it was done, of which somebody was not told."""
        return wording.moment(self.done_at)

    @property
    def opened(self) -> str:
        """When it was known to have failed."""
        return wording.moment(self.opened_at)

    @property
    def acknowledged(self) -> str:
        """When it was acknowledged."""
        return wording.moment(self.acknowledged_at) if self.acknowledged_at else ""

    @property
    def snoozed(self) -> str:
        """Until when it is put off."""
        return wording.moment(self.snoozed_until) if self.snoozed_until else ""

    @property
    def said(self) -> str:
        """The provider's own words, cut."""
        return wording.cut(self.diagnosis)

    @property
    def address_is_wrong(self) -> bool:
        """Whether another address is what this needs."""
        return self.blame == Blame.ADDRESS or not self.address


@dataclass(frozen=True, kw_only=True)
class Named:
    """One of the warnings in a folded line."""

    alert: int
    recipient: str
    address: str
    what: str
    target: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Folded:
    """Many warnings of one cause in one line; ``names`` are the latest of them, up to a limit."""

    incident: int
    version: str
    count: int
    cause: str
    headline: str
    names: Sequence[Named]

    @property
    def more(self) -> int:
        """How many are not named."""
        return self.count - len(self.names)


@dataclass(frozen=True, kw_only=True)
class Settled:
    """One closed warning, and why it is closed."""

    id: int
    told: bool
    headline: str
    what: str
    target: str
    url: str
    closed_at: datetime


@dataclass(frozen=True, kw_only=True)
class Region:
    """What stands open for one person, and what has just been settled.

    ``count`` is of all that is open, what is folded counting as one; ``warnings`` are the first of
    those that stand alone, up to a limit.
    """

    count: int
    etag: str
    warnings: Sequence[Warned]
    folded: Sequence[Folded]
    put_off: Sequence[PutOff]
    settled: Sequence[Settled]
    may_correct: bool
    unfolded: bool

    @property
    def shown(self) -> Sequence[Warned]:
        """What a page shows: all of them on their own page, the first few on any other."""
        return self.warnings if self.unfolded else self.warnings[:SHOWN]

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.count - len(self.folded) - len(self.shown)

    @property
    def heading(self) -> str:
        """How many there are, in words."""
        if not self.count:
            return gettext("Nothing needs your attention")
        words = ngettext(
            "%(count)s warning needs your attention",
            "%(count)s warnings need your attention",
            self.count,
        )
        return words % {"count": self.count}
