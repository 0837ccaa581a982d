"""Events: every piece of evidence as it was understood, and what is parked."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

from crm_notify.admin.acts import ActingAdmin
from crm_notify.admin.bulk import in_bulk
from crm_notify.admin.came_of import belongs_to
from crm_notify.admin.candidates import proposed
from crm_notify.admin.event_acts import ATTACH, CHANGE, CLOSE, TRY_NOW, is_parked
from crm_notify.admin.filters import ALL, ChoiceFilter
from crm_notify.admin.marks import badge, diagnosis, foreign, link, provider_label, short, two_lines
from crm_notify.admin.search import about_events
from crm_notify.models import Event
from crm_notify.rules.evidence import Evidence
from crm_notify.steps.allow import sees


class ParkedFilter(ChoiceFilter):
    """Whether it has found its notification; each kind of parked ones has an index."""

    title = gettext_lazy("parked")
    parameter_name = "parked"
    words = (
        (ALL, gettext_lazy("All")),
        ("waiting", gettext_lazy("tried again from time to time")),
        ("given_up", gettext_lazy("given up: belongs to nothing that we sent")),
        ("closed", gettext_lazy("closed by a person")),
    )

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        if self.value() == ALL:
            return queryset
        parked = queryset.filter(notification=None)
        if self.value() == "closed":
            return parked.exclude(note="")
        return parked.filter(note="", due_at__isnull=self.value() == "given_up")


@admin.register(Event)
class EventAdmin(ActingAdmin):
    """Append-only; people act on what is parked."""

    has_notices = True
    list_display = ("heard", "about", "source", "said")
    list_filter = (ParkedFilter,)
    search_fields = ("attempt__pk",)  # shows the box; get_search_results does the rest
    search_help_text = gettext_lazy(
        "A token or the whole address of a bounce, a provider's message id, or a number."
    )
    ordering = ("-pk",)
    actions = ("try_now", "close")
    acts = (TRY_NOW, ATTACH, CLOSE)
    readonly_fields = ("sort", "about", "by_hand", "proposed", "source", "raw_receipt")
    own_fields = (
        "evidence",
        "blame",
        "source",
        "raw_kind",
        "code",
        "text",
        "recipient",
        "message_id",
        "token",
        "occurred_at",
        "recorded_at",
        "raw_receipt",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        return super().get_queryset(request).select_related("notification")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        return (queryset.filter(about_events(term)) if term else queryset), False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What it is about, or may be about, comes first."""
        found = ["sort", "about"]
        if obj.note:
            found.append("by_hand")
        if is_parked(obj):
            found.append("due_at")
            if request.user.has_perm("crm_notify.view_notification"):
                found.append("proposed")
        own = list(self.own_fields)
        if obj.receipt is not None and not sees(request.user, obj.receipt.tenant):
            # A request that reports on several tenants' mail.
            own.remove("raw_receipt")
        return [*found, *own]

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Who may act on many at once."""
        return request.user.has_perm(CHANGE)

    @admin.action(description=TRY_NOW.label, permissions=["act"])
    def try_now(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        return in_bulk(self, request, queryset, TRY_NOW)

    @admin.action(description=CLOSE.label, permissions=["act"])
    def close(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        return in_bulk(self, request, queryset, CLOSE)

    @admin.display(description=gettext_lazy("event"))
    def heard(self, event: Event) -> SafeString:
        return two_lines(self.sort(event), short(event.recorded_at))

    @admin.display(description=gettext_lazy("event"))
    def sort(self, event: Event) -> SafeString:
        tone = "bad" if Evidence(event.evidence).is_failure else "quiet"
        return badge(event.get_kind_display(), tone)

    @admin.display(description=gettext_lazy("notification"))
    def about(self, event: Event) -> SafeString:
        return belongs_to(event, site=self.admin_site.name)

    @admin.display(description=gettext_lazy("what an admin said"))
    def by_hand(self, event: Event) -> SafeString:
        return foreign(event.note, 1000)

    @admin.display(description=gettext_lazy("may be about"))
    def proposed(self, event: Event) -> SafeString | str:
        return proposed(event, site=self.admin_site.name) or gettext("nothing that we sent")

    @admin.display(description=gettext_lazy("from"))
    def source(self, event: Event) -> SafeString:
        if not event.provider:
            return foreign(event.author_name, 80)
        matched = event.get_matched_display()
        by = gettext("matched by %s") % matched if matched else ""
        return two_lines(foreign(provider_label(event.provider), 80), by)

    @admin.display(description=gettext_lazy("what it says"))
    def said(self, event: Event) -> SafeString:
        return diagnosis(event.code, event.text)

    @admin.display(description=gettext_lazy("raw receipt"))
    def raw_receipt(self, event: Event) -> SafeString | str:
        if event.receipt is None:
            return ""
        return link(event.receipt, f"#{event.receipt_id}", site=self.admin_site.name)
