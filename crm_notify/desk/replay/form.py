"""The question which receipts are to be read again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_notify.models import Receipt
from crm_notify.rules.providers import PROVIDERS
from crm_notify.steps.replay import Window

State = Receipt.State
PROVIDER_CHOICES = [
    ("", gettext_lazy("All")),
    *((row.name, row.label) for row in PROVIDERS.values() if row.tracking or row.inbound),
]
STATE_CHOICES = [
    ("", gettext_lazy("All that may be read again")),
    *((state.value, state.label) for state in (State.READ, State.FAILED)),
]


class _Picker(forms.DateTimeInput):
    """The browser's own, to the second."""

    def __init__(self) -> None:
        super().__init__({"type": "datetime-local", "step": 1}, format="%Y-%m-%dT%H:%M:%S")


class WindowForm(forms.Form):
    """Which receipts; ``before`` is where counting came to its end, if that was sooner."""

    since = forms.DateTimeField(label=gettext_lazy("Came in from"), widget=_Picker)
    until = forms.DateTimeField(label=gettext_lazy("and before"), widget=_Picker, required=False)
    provider = forms.ChoiceField(
        label=gettext_lazy("Provider"), choices=PROVIDER_CHOICES, required=False
    )
    state = forms.ChoiceField(label=gettext_lazy("State"), choices=STATE_CHOICES, required=False)
    before = forms.DateTimeField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and until <= since:
            self.add_error("until", _("The end must come after the beginning."))
        return given

    def window(self) -> Window:
        """All that was asked for."""
        given = self.cleaned_data
        return Window(
            since=given["since"],
            until=given["until"],
            provider=given["provider"],
            state=State(given["state"]) if given["state"] else None,
        )


def fields_of(window: Window, *, before: datetime | None = None) -> dict[str, str]:
    """The window in the form's own fields, to the microsecond."""
    moments = {"since": window.since, "until": window.until, "before": before}
    given = {name: moment.isoformat() for name, moment in moments.items() if moment}
    if window.provider:
        given["provider"] = window.provider
    if window.state:
        given["state"] = window.state.value
    return given
