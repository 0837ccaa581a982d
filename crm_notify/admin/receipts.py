"""Receipts: what came in from outside, byte for byte, and what became of it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from crm_notify import database
from crm_notify.admin.acts import ActingAdmin
from crm_notify.admin.bulk import in_bulk
from crm_notify.admin.came_of import came_of
from crm_notify.admin.filters import ALL
from crm_notify.admin.marks import badge, foreign, provider_label, two_lines
from crm_notify.admin.receipt_acts import ATTACH, CHANGE, CLOSE, LET_IN, READ_AGAIN
from crm_notify.admin.receipt_filters import ProviderFilter, StateFilter, VerdictFilter
from crm_notify.admin.replay_page import replay_view
from crm_notify.models import Receipt

State = Receipt.State
#: What each state is called in a list, and how it looks.
LOOKS = {
    State.NEW: (State.NEW.label, "going"),
    State.READ: (State.READ.label, "good"),
    State.FAILED: (State.FAILED.label, "bad"),
    State.QUARANTINED: (gettext_lazy("in quarantine"), "doubt"),
    State.CLOSED: (State.CLOSED.label, "quiet"),
}


@admin.register(Receipt)
class ReceiptAdmin(ActingAdmin):
    """The body is never shown, only handed over as a file of plain text."""

    has_notices = True
    list_display = ("received_at", "source", "became", "heard")
    list_filter = (StateFilter, VerdictFilter, ProviderFilter)
    readonly_fields = ("source", "look", "why", "heard", "events_of")
    actions = ("read_again", "let_in", "close")
    acts = (READ_AGAIN, LET_IN, ATTACH, CLOSE)

    def get_urls(self) -> list[URLPattern]:
        body = self.admin_site.admin_view(require_safe(self.body_view))
        # Each receipt is a transaction of its own, and reading may ask over the network.
        replay = database.non_atomic_requests(self.admin_site.admin_view(self.replay_view))
        return [
            path("<int:pk>/body/", body, name="crm_notify_receipt_body"),
            path("replay/", replay, name="crm_notify_receipt_replay"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Receipt]:
        return super().get_queryset(request).defer("body", "headers")

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Each order is that of the index by which the rows are found."""
        return ("-received_at",) if request.GET.get("provider", ALL) != ALL else ("-pk",)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """What became of it comes first; the events only for those who may see events."""
        told = {"why": obj.error, "note": obj.note, "due_at": obj.due_at, "read_at": obj.read_at}
        became = ["look", *(name for name, value in told.items() if value), "verdict", "tries"]
        came = ["heard"] if obj.read_at else []
        if request.user.has_perm("crm_notify.view_event"):
            came.append("events_of")
        return (
            (None, {"fields": ["source", "received_at", *became]}),
            *([(_("What came of it"), {"fields": came})] if came else []),
            (_("The request"), {"fields": ["method", "url", "headers", "digest"]}),
        )

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Who may act on many at once, and have a window read again."""
        return request.user.has_perm(CHANGE)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"may_replay": self.has_act_permission(request), **(extra_context or {})}
        return super().changelist_view(request, context)

    def body_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The bytes as they came, as a file that no browser opens as anything but text."""
        receipt = self.get_object(request, str(pk))
        if receipt is None:
            raise Http404
        if not self.has_view_permission(request, receipt):
            raise PermissionDenied
        return HttpResponse(
            bytes(receipt.body),
            headers={
                "Content-Type": "text/plain",
                "Content-Disposition": f'attachment; filename="receipt-{pk}.txt"',
                "X-Content-Type-Options": "nosniff",
                "Content-Security-Policy": "default-src 'none'; sandbox",
            },
        )

    def replay_view(self, request: HttpRequest) -> HttpResponse:
        """Have a window read again."""
        if not (self.has_view_permission(request) and self.has_act_permission(request)):
            raise PermissionDenied
        return replay_view(self, request)

    @admin.action(description=READ_AGAIN.label, permissions=["act"])
    def read_again(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        return in_bulk(self, request, queryset, READ_AGAIN)

    @admin.action(description=LET_IN.label, permissions=["act"])
    def let_in(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        return in_bulk(self, request, queryset, LET_IN)

    @admin.action(description=CLOSE.label, permissions=["act"])
    def close(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        return in_bulk(self, request, queryset, CLOSE)

    @admin.display(description=gettext_lazy("state"))
    def look(self, receipt: Receipt) -> SafeString:
        return badge(*LOOKS[State(receipt.state)])

    @admin.display(description=gettext_lazy("why"))
    def why(self, receipt: Receipt) -> SafeString:
        return foreign(receipt.error, 1000)

    @admin.display(description=gettext_lazy("state"))
    def became(self, receipt: Receipt) -> SafeString:
        said = receipt.note or receipt.error
        return two_lines(self.look(receipt), foreign(said, 120)) if said else self.look(receipt)

    @admin.display(description=gettext_lazy("from"))
    def source(self, receipt: Receipt) -> SafeString:
        how = f"{receipt.get_via_display()}, {receipt.get_verdict_display()}"
        return two_lines(provider_label(receipt.provider), how)

    @admin.display(description=gettext_lazy("news"))
    def heard(self, receipt: Receipt) -> str:
        counts = (
            (_("%d new"), receipt.new),
            (_("%d repeated"), receipt.repeated),
            (_("%d parked"), receipt.parked),
        )
        return ", ".join(words % count for words, count in counts if count)

    @admin.display(description=gettext_lazy("events"))
    def events_of(self, receipt: Receipt) -> SafeString:
        return came_of(receipt, site=self.admin_site.name)
