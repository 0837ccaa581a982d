"""Alerts: in front of whom a failure stands, the open ones first."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_notify import api
from crm_notify.admin.acts import Act, ActingAdmin
from crm_notify.admin.bulk import in_bulk
from crm_notify.admin.filters import ALL, ChoiceFilter
from crm_notify.admin.marks import badge, foreign, link, outcome_badge, two_lines
from crm_notify.models import Alert
from crm_notify.steps.person import person

CHANGE = "crm_notify.change_notification"


def _acknowledge(alert: Alert, user: Any, text: str) -> str:
    api.acknowledge(alert, by=user)
    return _("Acknowledged.")


ACKNOWLEDGE = Act(
    name="acknowledge",
    label=gettext_lazy("Acknowledge"),
    hint=gettext_lazy("The clock stops; the warning stays until the recipient was told."),
    run=_acknowledge,
    allowed=lambda user, alert: alert.person_id == user.pk or user.has_perm(CHANGE),
    possible=lambda alert: alert.closed_at is None and alert.acknowledged_at is None,
)


class StateFilter(ChoiceFilter):
    """Open ones, until somebody asks for others."""

    title = gettext_lazy("state")
    parameter_name = "state"
    words = (
        ("open", gettext_lazy("open")),
        ("past", gettext_lazy("past")),
        (ALL, gettext_lazy("All")),
    )

    def preset(self, request: HttpRequest) -> str:
        return "open"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Alert]) -> QuerySet[Alert]:
        if self.value() == ALL:
            return queryset
        return queryset.filter(closed_at__isnull=self.value() == "open")


class PersonFilter(ChoiceFilter):
    """On whose screen."""

    title = gettext_lazy("person")
    parameter_name = "person"
    words = (
        (ALL, gettext_lazy("All")),
        ("admins", gettext_lazy("the admins")),
        ("mine", gettext_lazy("me")),
    )

    def queryset(self, request: HttpRequest, queryset: QuerySet[Alert]) -> QuerySet[Alert]:
        if self.value() == ALL:
            return queryset
        return queryset.filter(person=request.user.pk if self.value() == "mine" else None)


@admin.register(Alert)
class AlertAdmin(ActingAdmin):
    """Closed by evidence alone; here it can be acknowledged."""

    list_display = ("about", "whom", "state", "opened_at", "due_at")
    list_filter = (StateFilter, PersonFilter)
    fields = ("story", "whom", "state", "opened_at", "due_at", "acknowledged_at", "closed_at")
    readonly_fields = ("story", "whom", "state")
    actions = ("acknowledge",)
    acts = (ACKNOWLEDGE,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Alert]:
        return (
            super()
            .get_queryset(request)
            .select_related("person", "notification__activity")
            .defer("notification__activity__text")
        )

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return ("-opened_at",) if request.GET.get("state", "open") == "open" else ("-pk",)

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Who may act on other people's alerts."""
        return request.user.has_perm(CHANGE)

    @admin.action(description=ACKNOWLEDGE.label, permissions=["act"])
    def acknowledge(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        return in_bulk(self, request, queryset, ACKNOWLEDGE)

    @admin.display(description=gettext_lazy("about"))
    def about(self, alert: Alert) -> SafeString:
        notification = alert.notification
        return two_lines(
            foreign(notification.recipient_name or notification.address, 80),
            foreign(str(notification.activity), 120),
        )

    @admin.display(description=gettext_lazy("the story"))
    def story(self, alert: Alert) -> SafeString:
        notification = alert.notification
        name = notification.recipient_name or notification.address
        page = link(notification, foreign(name, 80), site=self.admin_site.name)
        return two_lines(page, outcome_badge(notification))

    @admin.display(description=gettext_lazy("stands in front of"))
    def whom(self, alert: Alert) -> str:
        return person(alert.person)[0] if alert.person is not None else _("the admins")

    @admin.display(description=gettext_lazy("state"))
    def state(self, alert: Alert) -> SafeString:
        if alert.closed_at is not None:
            return badge(alert.get_closed_display(), "quiet")
        if alert.acknowledged_at is not None:
            return badge(_("seen"), "doubt")
        return badge(_("open"), "bad")
