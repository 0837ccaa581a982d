"""The list of notifications: each row with what explains it and in front of whom it stands."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from crm_notify.models import Alert, Notification
from crm_notify.querysets import reasons
from crm_notify.steps.person import person


class NotificationList(ChangeList):
    """Three queries more than any list, however many rows a page has."""

    def get_queryset(
        self, request: HttpRequest, exclude_parameters: list[str | None] | None = None
    ) -> QuerySet[Any]:
        return super().get_queryset(request, exclude_parameters).defer("activity__text")

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows: list[Notification] = list(self.result_list)
        why = reasons(rows)
        whom = in_front_of({row.chain_id_or_own for row in rows})
        for row in rows:
            row.explanation = why.get(row.pk)  # type: ignore[attr-defined]
            row.whom = whom.get(row.chain_id_or_own, [])  # type: ignore[attr-defined]
        self.result_list: Any = rows


def in_front_of(chains: set[int]) -> dict[int, list[str]]:
    """For each chain the people on whose screens its warning stands."""
    found: dict[int, list[str]] = defaultdict(list)
    alerts = Alert.objects.filter(chain__in=chains, closed_at=None).select_related("person")
    for alert in alerts.order_by("pk"):
        name = person(alert.person)[0] if alert.person is not None else _("the admins")
        if alert.acknowledged_at is not None:
            name = _("%s (has seen it)") % name
        found[alert.chain_id].append(name)
    return found
