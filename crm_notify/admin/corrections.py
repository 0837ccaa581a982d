"""Corrections: what people say the right addresses are, those that wait for a decision first."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm_notify import api
from crm_notify.admin.acts import Act, ActingAdmin
from crm_notify.admin.filters import ALL, ChoiceFilter
from crm_notify.admin.marks import badge, foreign, link, two_lines
from crm_notify.models import Correction
from crm_notify.steps.person import person

MAY = "crm_notify.resend_elsewhere"
State = Correction.State
TONES = {State.PROPOSED: "doubt", State.DONE: "good", State.REFUSED: "quiet"}


def _accept(row: Correction, user: Any, text: str) -> str:
    sent = api.decide_correction(row, by=user, accept=True).sent_again
    said = ngettext(
        "Corrected; %d mail is sent again.",
        "Corrected; %d mails are sent again.",
        sent,
    )
    return said % sent


def _refuse(row: Correction, user: Any, text: str) -> str:
    api.decide_correction(row, by=user, accept=False)
    return _("Refused.")


ACCEPT = Act(
    name="accept",
    label=gettext_lazy("Correct and send again"),
    hint=gettext_lazy("Everything that did not arrive at the wrong address is sent to this one."),
    run=_accept,
    allowed=lambda user, row: user.has_perm(MAY),
    possible=lambda row: row.state == State.PROPOSED,
)
REFUSE = Act(
    name="refuse",
    label=gettext_lazy("Refuse"),
    hint=gettext_lazy("The address stays as it is."),
    run=_refuse,
    allowed=lambda user, row: user.has_perm(MAY),
    possible=lambda row: row.state == State.PROPOSED,
)


class StateFilter(ChoiceFilter):
    """Those that wait, until somebody asks for others."""

    title = gettext_lazy("state")
    parameter_name = "state"
    words = (*State.choices, (ALL, gettext_lazy("All")))

    def preset(self, request: HttpRequest) -> str:
        return State.PROPOSED.value

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Correction]
    ) -> QuerySet[Correction]:
        return queryset if self.value() == ALL else queryset.filter(state=self.value())


@admin.register(Correction)
class CorrectionAdmin(ActingAdmin):
    """Who proposed what, and what came of it."""

    list_display = ("change", "became", "whose", "proposed_at")
    list_filter = (StateFilter,)
    ordering = ("-pk",)
    fields = (
        "change",
        "became",
        "whose",
        "why",
        "occasion",
        "proposer",
        "proposed_at",
        "decider",
        "decided_at",
        "sent_again",
    )
    readonly_fields = ("change", "became", "whose", "occasion", "proposer", "decider")
    acts = (ACCEPT, REFUSE)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Correction]:
        related = ("notification", "recipient", "proposed_by", "decided_by")
        return super().get_queryset(request).select_related(*related)

    @admin.display(description=gettext_lazy("address"))
    def change(self, row: Correction) -> SafeString:
        return two_lines(foreign(row.new, 80), foreign(row.old, 80))

    @admin.display(description=gettext_lazy("state"))
    def became(self, row: Correction) -> SafeString:
        return badge(row.get_state_display(), TONES[State(row.state)])

    @admin.display(description=gettext_lazy("recipient"))
    def whose(self, row: Correction) -> SafeString:
        return _name(row.recipient) or foreign(row.notification.recipient_name, 80)

    @admin.display(description=gettext_lazy("notification"))
    def occasion(self, row: Correction) -> SafeString:
        return link(row.notification, f"#{row.notification_id}", site=self.admin_site.name)

    @admin.display(description=gettext_lazy("proposed by"))
    def proposer(self, row: Correction) -> SafeString:
        return _name(row.proposed_by)

    @admin.display(description=gettext_lazy("decided by"))
    def decider(self, row: Correction) -> SafeString:
        return _name(row.decided_by)


def _name(user: Any) -> SafeString:
    return foreign(person(user)[0], 80) if user is not None else SafeString("")
