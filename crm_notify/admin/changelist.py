"""A list whose rows are explained, at a cost that does not depend on how many they are."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest


class ExplainedList(ChangeList):
    """What its desk leaves out of a list is not read; what it adds, is."""

    #: A DeskAdmin.
    model_admin: Any

    def get_queryset(
        self, request: HttpRequest, exclude_parameters: list[str | None] | None = None
    ) -> QuerySet[Any]:
        rows = super().get_queryset(request, exclude_parameters)
        unread = self.model_admin.desk.defer_in_list
        return rows.defer(*unread) if unread else rows

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows = list(self.result_list)
        self.model_admin.desk.explain(rows)
        self.result_list: Any = rows
