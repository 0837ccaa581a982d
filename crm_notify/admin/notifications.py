"""Notifications: failed and unclear first, and on each page the whole story."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_notify.admin.acts import ActingAdmin
from crm_notify.admin.bulk import in_bulk
from crm_notify.admin.filters import (
    BlameFilter,
    ChannelFilter,
    DispatchFilter,
    OutcomeFilter,
    preset_outcome,
)
from crm_notify.admin.marks import diagnosis, foreign, outcome_badge, two_lines
from crm_notify.admin.notification_acts import (
    CHANGE,
    CLOSE,
    CORRECT,
    RESEND,
    RESEND_ELSEWHERE,
    STATE_TOLD,
)
from crm_notify.admin.notification_list import NotificationList
from crm_notify.admin.search import about_notifications
from crm_notify.admin.story import story_of
from crm_notify.models import Attempt, Notification
from crm_notify.rules.outcome import Outcome


@admin.register(Notification)
class NotificationAdmin(ActingAdmin):
    """Written by the steps; here it is read, and people act on what failed."""

    has_notices = True
    list_display = ("who", "what", "became", "why")
    list_filter = (OutcomeFilter, BlameFilter, DispatchFilter, ChannelFilter)
    search_fields = ("address__startswith",)  # shows the box; get_search_results does the rest
    search_help_text = gettext_lazy(
        "A recipient's name, the beginning of an address, a token or the whole address of a "
        "bounce, a provider's message id, or a number."
    )
    actions = ("resend", "close")
    acts = (CORRECT, RESEND, RESEND_ELSEWHERE, STATE_TOLD, CLOSE)
    fields = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notification]:
        head = Coalesce(OuterRef("chain_id"), OuterRef("pk"))
        chain = Notification.objects.filter(Q(pk=head) | Q(chain=head))
        under_way = Exists(chain.filter(outcome=Outcome.IN_FLIGHT))
        rows: QuerySet[Notification] = super().get_queryset(request).annotate(under_way=under_way)
        return rows.select_related("activity")

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Each order is that of the index by which the rows are found."""
        picked = request.GET.get("outcome") or preset_outcome(request)
        return ("-changed_at",) if picked == "failing" else ("-pk",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        return (queryset.filter(about_notifications(term)) if term else queryset), False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[NotificationList]:
        return NotificationList

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"title": _("Who was told, and who was not"), **(extra_context or {})}
        return super().changelist_view(request, context)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        notification = context["original"]
        context["title"], context["subtitle"] = _("The story of a notification"), None
        context["outcome"] = outcome_badge(notification)
        context["story"] = story_of(notification, user=request.user)
        context["sees_receipts"] = request.user.has_perm("crm_notify.view_receipt")
        return super().render_change_form(request, context, *args, **kwargs)

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Who may act on many at once."""
        return request.user.has_perm(CHANGE)

    @admin.action(description=RESEND.label, permissions=["act"])
    def resend(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        return in_bulk(self, request, queryset, RESEND)

    @admin.action(description=CLOSE.label, permissions=["act"])
    def close(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        return in_bulk(self, request, queryset, CLOSE)

    @admin.display(description=gettext_lazy("who"))
    def who(self, notification: Notification) -> SafeString:
        address = foreign(notification.address or _("no address"), 80)
        return two_lines(foreign(notification.recipient_name, 80), address)

    @admin.display(description=gettext_lazy("what"))
    def what(self, notification: Notification) -> SafeString:
        activity = notification.activity
        done = f"{activity.actor_name} {activity.verb}".strip()
        return two_lines(foreign(activity.target_label, 80), foreign(done, 80))

    @admin.display(description=gettext_lazy("outcome"))
    def became(self, notification: Notification) -> SafeString:
        said = [_("for %s") % timesince(notification.changed_at, depth=1)]
        if notification.outcome == Outcome.IN_FLIGHT:
            said.insert(0, notification.get_dispatch_display())
        elif getattr(notification, "under_way", False):
            said.append(_("sent again"))
        if whom := getattr(notification, "whom", []):
            said.append(_("in front of %s") % ", ".join(whom))
        return two_lines(outcome_badge(notification), ", ".join(said))

    @admin.display(description=gettext_lazy("why"))
    def why(self, notification: Notification) -> SafeString | str:
        blame = notification.get_blame_display() if notification.blame else ""
        found = getattr(notification, "explanation", None)
        if found is None:
            return blame
        said = found.detail if isinstance(found, Attempt) else found.text
        words = diagnosis(found.code, said)
        return two_lines(blame, words) if blame else words
