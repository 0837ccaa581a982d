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

from crm_notify.admin.acts import Act, ActingAdmin
from crm_notify.admin.bulk import in_bulk
from crm_notify.admin.filters import ALL, ChoiceFilter
from crm_notify.admin.marks import badge, foreign, provider_label, two_lines
from crm_notify.models import Receipt
from crm_notify.rules.providers import PROVIDERS
from crm_notify.steps.mend import try_again

CHANGE = "crm_notify.change_receipt"
State = Receipt.State
TONES = {State.NEW: "going", State.READ: "good", State.FAILED: "bad"}


def _read_again(receipt: Receipt, user: Any, text: str) -> str:
    try_again([receipt.pk])
    return _("To be read again.")


READ_AGAIN = Act(
    name="read_again",
    label=gettext_lazy("Read again"),
    hint=gettext_lazy("What is known already is not counted twice."),
    run=_read_again,
    allowed=lambda user, receipt: user.has_perm(CHANGE),
    possible=lambda receipt: receipt.state == State.FAILED,
)


class StateFilter(ChoiceFilter):
    """Whether it was understood."""

    title = gettext_lazy("state")
    parameter_name = "state"
    words = ((ALL, gettext_lazy("All")), *State.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Receipt]) -> QuerySet[Receipt]:
        return queryset if self.value() == ALL else queryset.filter(state=self.value())


class ProviderFilter(ChoiceFilter):
    """From whom."""

    title = gettext_lazy("provider")
    parameter_name = "provider"
    words = (
        (ALL, gettext_lazy("All")),
        *((row.name, row.label) for row in PROVIDERS.values() if row.tracking or row.inbound),
    )

    def queryset(self, request: HttpRequest, queryset: QuerySet[Receipt]) -> QuerySet[Receipt]:
        return queryset if self.value() == ALL else queryset.filter(provider=self.value())


@admin.register(Receipt)
class ReceiptAdmin(ActingAdmin):
    """The body is never shown, only handed over as a file of plain text."""

    list_display = ("received_at", "source", "became", "heard")
    list_filter = (StateFilter, ProviderFilter)
    fields = (
        "source",
        "received_at",
        "became",
        "tries",
        "read_at",
        "new",
        "repeated",
        "parked",
        "method",
        "url",
        "headers",
    )
    readonly_fields = ("source", "became")
    actions = ("read_again",)
    acts = (READ_AGAIN,)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_safe(self.body_view))
        own = path("<int:pk>/body/", view, name="crm_notify_receipt_body")
        return [own, *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Receipt]:
        return super().get_queryset(request).defer("body", "headers")

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Each order is that of the index by which the rows are found."""
        return ("-received_at",) if request.GET.get("provider", ALL) != ALL else ("-pk",)

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Who may have receipts read again."""
        return request.user.has_perm(CHANGE)

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

    @admin.action(description=READ_AGAIN.label, permissions=["act"])
    def read_again(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        return in_bulk(self, request, queryset, READ_AGAIN)

    @admin.display(description=gettext_lazy("state"))
    def became(self, receipt: Receipt) -> SafeString:
        state = badge(receipt.get_state_display(), TONES[State(receipt.state)])
        return two_lines(state, foreign(receipt.error, 120)) if receipt.error else state

    @admin.display(description=gettext_lazy("from"))
    def source(self, receipt: Receipt) -> SafeString:
        return two_lines(provider_label(receipt.provider), receipt.get_via_display())

    @admin.display(description=gettext_lazy("events"))
    def heard(self, receipt: Receipt) -> str:
        if receipt.state == State.NEW:
            return ""
        counts = {"new": receipt.new, "repeated": receipt.repeated, "parked": receipt.parked}
        return _("%(new)d new, %(repeated)d repeated, %(parked)d parked") % counts
