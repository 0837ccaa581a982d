"""Subscriptions: what each user has said that he wants to hear of; only he changes it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_notify.admin.base import ReadOnlyAdmin
from crm_notify.admin.marks import badge, foreign
from crm_notify.admin.search import users_named
from crm_notify.models import Subscription
from crm_notify.steps.person import person


@admin.register(Subscription)
class SubscriptionAdmin(ReadOnlyAdmin):
    """Found by the user."""

    list_display = ("whose", "scope", "record", "wish", "changed_at")
    search_fields = ("user__pk",)  # shows the box; get_search_results does the rest
    search_help_text = gettext_lazy("A user's name or address.")
    ordering = ("-pk",)
    fields = ("whose", "scope", "record", "wish", "changed_at")
    readonly_fields = ("whose", "record", "wish")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Subscription]:
        return super().get_queryset(request).select_related("user", "target_type")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        return (queryset.filter(user__in=users_named(term)) if term else queryset), False

    @admin.display(description=gettext_lazy("user"))
    def whose(self, wish: Subscription) -> SafeString:
        return foreign(person(wish.user)[0], 80)

    @admin.display(description=gettext_lazy("record"))
    def record(self, wish: Subscription) -> str:
        return f"{wish.target_type.name} {wish.target_id}" if wish.target_type else ""

    @admin.display(description=gettext_lazy("wish"))
    def wish(self, wish: Subscription) -> SafeString:
        return badge(_("wants it"), "good") if wish.wanted else badge(_("wants none"), "quiet")
