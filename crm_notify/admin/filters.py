"""Filters with choices of their own, so that no list asks its whole table what there is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from crm_notify.admin.marks import Text
from crm_notify.channels.registry import channels
from crm_notify.models import Notification
from crm_notify.models.choices import BLAME, DISPATCH, OUTCOME
from crm_notify.rules.outcome import Dispatch, Outcome

ALL = "all"
FAILING = [outcome.value for outcome in Outcome if outcome.needs_a_person]


class ChoiceFilter(admin.SimpleListFilter):
    """One of a few choices is always set; which one until somebody picks, ``preset`` says."""

    parameter_name: str
    words: tuple[tuple[str, Text], ...] = ()
    #: Parameters of other filters that make no sense beside this one's.
    clears: tuple[str, ...] = ()

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(self.words)

    def preset(self, request: HttpRequest) -> str:
        """What is set until somebody picks."""
        return ALL

    def value(self) -> str:
        given = super().value()
        known = {value for value, _word in self.lookup_choices}
        return given if given in known else self.preset(self.request)

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        for value, word in self.lookup_choices:
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string(
                    {self.parameter_name: value}, remove=list(self.clears)
                ),
                "display": word,
            }


class OutcomeFilter(ChoiceFilter):
    """What stands in front of a person, unless somebody looks for something."""

    title = _("outcome")
    parameter_name = "outcome"
    clears = ("dispatch",)
    words = (("failing", _("in front of a person")), *OUTCOME, (ALL, _("All")))

    def preset(self, request: HttpRequest) -> str:
        return preset_outcome(request)

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Notification]
    ) -> QuerySet[Notification]:
        if self.value() == "failing":
            return queryset.filter(outcome__in=FAILING)
        return queryset if self.value() == ALL else queryset.filter(outcome=self.value())


def preset_outcome(request: HttpRequest) -> str:
    """The outcome that is shown until somebody picks one."""
    looks_for_something = request.GET.get(SEARCH_VAR) or request.GET.get("dispatch")
    return ALL if looks_for_something else "failing"


class DispatchFilter(ChoiceFilter):
    """Where our own side is with what is on its way; the rest is over."""

    title = _("sending")
    parameter_name = "dispatch"
    clears = ("outcome",)
    words = (
        (ALL, _("All")),
        *((value, word) for value, word in DISPATCH if value != Dispatch.CANCELLED),
    )

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Notification]
    ) -> QuerySet[Notification]:
        if self.value() == ALL:
            return queryset
        return queryset.filter(outcome=Outcome.IN_FLIGHT, dispatch=self.value())


class BlameFilter(ChoiceFilter):
    """Whose fault it is."""

    title = _("reason")
    parameter_name = "blame"
    clears = ("dispatch",)
    words = ((ALL, _("All")), *BLAME)

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Notification]
    ) -> QuerySet[Notification]:
        return queryset if self.value() == ALL else queryset.filter(blame=self.value())


class ChannelFilter(ChoiceFilter):
    """By which channel; hidden where there is only one."""

    title = _("channel")
    parameter_name = "channel"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        names = [(name, name) for name in sorted(channels())]
        return [(ALL, _("All")), *names] if len(names) > 1 else []

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Notification]
    ) -> QuerySet[Notification]:
        return queryset if self.value() == ALL else queryset.filter(channel=self.value())
