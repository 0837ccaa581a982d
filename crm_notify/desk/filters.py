"""Filters with choices of their own, so that no list asks its whole table what there is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from crm_notify.channels.registry import channels
from crm_notify.desk.marks import Text
from crm_notify.models import Attempt
from crm_notify.models.choices import BLAME, DISPATCH, OUTCOME
from crm_notify.rules.outcome import Dispatch, Outcome
from crm_notify.rules.providers import PROVIDERS

Words = Sequence[tuple[str, Text]]
#: What a request gives by name.
Given = Mapping[str, str]
Rows = QuerySet[Any]

ALL = "all"
EVERYTHING: Words = ((ALL, _("All")),)
#: The parameter that holds what is looked for; the admin's own.
SEARCH = "q"
FAILING = [outcome.value for outcome in Outcome if outcome.needs_a_person]


@dataclass(frozen=True, kw_only=True)
class Filter:
    """One of a few choices is always set; which one until somebody picks, ``preset`` says."""

    name: str
    title: Text
    #: What can be picked. Fewer than two: the filter is hidden.
    words: Callable[[], Words]
    #: (rows, choice, user); not asked for ALL.
    narrow: Callable[[Rows, str, Any], Rows]
    preset: Callable[[Given], str] = lambda given: ALL
    #: Parameters of other filters that make no sense beside this one's.
    clears: tuple[str, ...] = ()

    def value(self, given: Given) -> str:
        """What is set."""
        picked = given.get(self.name, "")
        known = {value for value, _word in self.words()}
        return picked if picked in known else self.preset(given)

    def apply(self, rows: Rows, given: Given, user: Any) -> Rows:
        """The rows that it lets through."""
        value = self.value(given)
        return rows if value == ALL else self.narrow(rows, value, user)


def by_field(name: str, title: Text, choices: Words, **more: Any) -> Filter:
    """Whose choices are the values of a field."""
    words = (*EVERYTHING, *choices)
    return Filter(
        name=name,
        title=title,
        words=lambda: words,
        narrow=lambda rows, value, user: rows.filter(**{name: value}),
        **more,
    )


def of_state(words: Words, narrow: Callable[[Rows, str, Any], Rows]) -> Filter:
    """What is still to be dealt with, the first of ``words``, until somebody asks for others."""
    return Filter(
        name="state",
        title=_("state"),
        words=lambda: (*words, *EVERYTHING),
        narrow=narrow,
        preset=lambda given: words[0][0],
    )


def preset_outcome(given: Given) -> str:
    """What stands in front of a person, unless somebody looks for something."""
    return ALL if given.get(SEARCH) or given.get("dispatch") else "failing"


def _outcome(rows: Rows, value: str, user: Any) -> Rows:
    if value == "failing":
        return rows.filter(outcome__in=FAILING)
    return rows.filter(outcome=value)


def _provided(rows: Rows, value: str, user: Any) -> Rows:
    by_it = Attempt.objects.filter(notification=OuterRef("pk"), provider=value)
    return rows.filter(Exists(by_it), outcome__in=FAILING)


def _channels() -> Words:
    """Hidden where there is only one."""
    names = [(name, name) for name in sorted(channels())]
    return [*EVERYTHING, *names] if len(names) > 1 else []


OUTCOMES = Filter(
    name="outcome",
    title=_("outcome"),
    words=lambda: (("failing", _("in front of a person")), *OUTCOME, *EVERYTHING),
    narrow=_outcome,
    preset=preset_outcome,
    clears=("dispatch",),
)
#: Where our own side is with what is on its way; the rest is over.
DISPATCHES = Filter(
    name="dispatch",
    title=_("sending"),
    words=lambda: (
        *EVERYTHING,
        *((value, word) for value, word in DISPATCH if value != Dispatch.CANCELLED),
    ),
    narrow=lambda rows, value, user: rows.filter(outcome=Outcome.IN_FLIGHT, dispatch=value),
    clears=("outcome",),
)
#: Whose fault it is.
BLAMES = by_field("blame", _("reason"), BLAME, clears=("dispatch",))
#: Who was to deliver what stands in front of a person; there are few of those.
PROVIDED = Filter(
    name="provider",
    title=_("provider"),
    words=lambda: (*EVERYTHING, *((row.name, row.label) for row in PROVIDERS.values())),
    narrow=_provided,
    clears=("outcome", "dispatch"),
)
CHANNELS = Filter(
    name="channel",
    title=_("channel"),
    words=_channels,
    narrow=lambda rows, value, user: rows.filter(channel=value),
)
