"""Activities: what users did, and who was to be told of it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from crm_notify.admin.base import ReadOnlyAdmin
from crm_notify.admin.marks import foreign, link, outcome_badge
from crm_notify.admin.search import by_key, users_named
from crm_notify.models import Activity

#: How many recipients one page names; thousands may have been told.
MOST = 200


@admin.register(Activity)
class ActivityAdmin(ReadOnlyAdmin):
    """Found by who acted; its notifications lead on."""

    list_display = ("act", "record", "urgency", "recorded_at")
    search_fields = ("actor__pk",)  # shows the box; get_search_results does the rest
    search_help_text = gettext_lazy("The acting user's name or address, or a number.")
    ordering = ("-pk",)
    fields = (
        "actor_name",
        "actor_address",
        "verb",
        "record",
        "text",
        "url",
        "urgency",
        "key",
        "tenant",
        "recorded_at",
        "told",
    )
    readonly_fields = ("record", "told")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Activity]:
        return super().get_queryset(request).select_related("target_type").defer("text")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if term:
            queryset = queryset.filter(by_key(term) | Q(actor__in=users_named(term)))
        return queryset, False

    @admin.display(description=gettext_lazy("what was done"))
    def act(self, activity: Activity) -> SafeString:
        return foreign(f"{activity.actor_name} {activity.verb}".strip(), 120)

    @admin.display(description=gettext_lazy("record"))
    def record(self, activity: Activity) -> SafeString:
        kind = activity.target_type.name if activity.target_type else ""
        return foreign(f"{activity.target_label} ({kind} {activity.target_id})", 120)

    @admin.display(description=gettext_lazy("who was to be told"))
    def told(self, activity: Activity) -> SafeString:
        rows = activity.notifications.order_by("pk")[:MOST]
        site = self.admin_site.name
        return format_html_join(
            "",
            '<p class="crm-notify-told">{} {}</p>',
            (
                (
                    link(row, foreign(row.recipient_name or row.address, 80), site=site),
                    outcome_badge(row),
                )
                for row in rows
            ),
        )
