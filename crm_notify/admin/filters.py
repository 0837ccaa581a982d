"""A desk's filters, as Django's admin shows them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest

from crm_notify.desk.filters import Filter


class DeskFilter(admin.SimpleListFilter):
    """One choice is always set, so there is no other "All" than the filter's own."""

    filter: Filter

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(self.filter.words())

    def value(self) -> str:
        return self.filter.value(self.request.GET.dict())

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        for value, word in self.lookup_choices:
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string(
                    {self.filter.name: value}, remove=list(self.filter.clears)
                ),
                "display": word,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return self.filter.apply(queryset, request.GET.dict(), request.user)


def list_filter(one: Filter) -> type[DeskFilter]:
    """The class that Django's admin wants of it."""
    said = {"filter": one, "title": one.title, "parameter_name": one.name}
    return type("DeskFilter", (DeskFilter,), said)
