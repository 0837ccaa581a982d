"""Suppressions: the addresses that get no mail, why, and the button that lifts that."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_notify import api
from crm_notify.admin.acts import Act, ActingAdmin
from crm_notify.admin.filters import ALL, ChoiceFilter
from crm_notify.admin.marks import badge, foreign, link
from crm_notify.models import Suppression

CHANGE = "crm_notify.change_suppression"


def _lift(row: Suppression, user: Any, reason: str) -> str:
    where = {"channel": row.channel, "tenant": row.tenant}
    api.lift_suppression(row.address, by=user, reason=reason, **where)
    return _("Lifted: %s") % reason


LIFT = Act(
    name="lift",
    label=gettext_lazy("Lift"),
    hint=gettext_lazy("Mail goes there again. If it bounces, it is suppressed again."),
    ask=gettext_lazy("Reason"),
    run=_lift,
    allowed=lambda user, row: user.has_perm(CHANGE),
    possible=lambda row: row.lifted_at is None,
)


class StateFilter(ChoiceFilter):
    """Those that hold, until somebody asks for others."""

    title = gettext_lazy("state")
    parameter_name = "state"
    words = (("holds", gettext_lazy("holds")), (ALL, gettext_lazy("All")))

    def preset(self, request: HttpRequest) -> str:
        return "holds"

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Suppression]
    ) -> QuerySet[Suppression]:
        return queryset if self.value() == ALL else queryset.filter(lifted_at=None)


@admin.register(Suppression)
class SuppressionAdmin(ActingAdmin):
    """Found by the address."""

    list_display = ("whose", "state", "said", "since")
    list_filter = (StateFilter,)
    search_fields = ("address__startswith",)
    search_help_text = gettext_lazy("How an address begins.")
    ordering = ("-pk",)
    fields = (
        "whose",
        "channel",
        "state",
        "said",
        "proof",
        "occasion",
        "since",
        "lifted_at",
        "lifted_by",
        "lifted_because",
    )
    readonly_fields = ("whose", "state", "said", "proof", "occasion")
    acts = (LIFT,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Suppression]:
        return super().get_queryset(request).select_related("evidence", "notification")

    @admin.display(description=gettext_lazy("address"))
    def whose(self, row: Suppression) -> SafeString:
        return foreign(row.address, 80)

    @admin.display(description=gettext_lazy("state"))
    def state(self, row: Suppression) -> SafeString:
        return badge(_("lifted"), "quiet") if row.lifted_at else badge(_("gets no mail"), "bad")

    @admin.display(description=gettext_lazy("what was said"))
    def said(self, row: Suppression) -> SafeString:
        return foreign(row.reason, 120)

    @admin.display(description=gettext_lazy("evidence"))
    def proof(self, row: Suppression) -> SafeString | str:
        event = row.evidence
        return link(event, f"#{event.pk}", site=self.admin_site.name) if event else ""

    @admin.display(description=gettext_lazy("notification"))
    def occasion(self, row: Suppression) -> SafeString | str:
        failed = row.notification
        return link(failed, f"#{failed.pk}", site=self.admin_site.name) if failed else ""
