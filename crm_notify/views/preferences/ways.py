"""The rows in which a user says where else he is reached, the first to be tried first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm_notify.channels.registry import labels
from crm_notify.rules.text import has_control, storable
from crm_notify.steps.presence import Way

#: Rows on the page: those that are filled in, and so many empty ones.
EMPTY, MOST = 2, 10


class WayForm(forms.Form):
    """One row; empty it is left out."""

    channel = forms.ChoiceField(label=_("By"), required=False)
    address = forms.CharField(label=_("Number or address"), required=False, max_length=320)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        channel = self.fields["channel"]
        assert isinstance(channel, forms.ChoiceField)
        channel.choices = [("", _("Nothing")), *labels().items()]
        for field in self.fields.values():
            field.widget.attrs |= {"class": "crm-notify-input"}
        self.fields["address"].widget.attrs |= {"dir": "auto", "autocomplete": "off"}

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"]
        if has_control(address) or storable(address) != address:
            raise forms.ValidationError(_("Type it on one line, in ordinary characters."))
        return address

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("channel") and not given.get("address", "-"):
            self.add_error("address", _("Type the number or the address, or choose nothing."))
        if given.get("address") and not given.get("channel", "-"):
            self.add_error("channel", _("Choose by what you are reached there."))
        return given


class _Rows(forms.BaseFormSet):  # type: ignore[type-arg]
    """All rows; no two of them are the same."""

    def clean(self) -> None:
        if any(self.errors):
            return
        known: set[tuple[str, str]] = set()
        for row in self.forms:
            way = _way(row)
            if way is not None and way in known:
                row.add_error("address", _("This stands above already."))
            if way is not None:
                known.add(way)


def _way(row: WayForm) -> Way | None:
    channel, address = row.cleaned_data.get("channel", ""), row.cleaned_data.get("address", "")
    return (channel, address) if channel and address else None


_Ways = forms.formset_factory(WayForm, formset=_Rows, extra=EMPTY, max_num=MOST, absolute_max=MOST)


def rows(typed: Any, known: Iterable[Way]) -> forms.BaseFormSet[WayForm]:
    """The rows with what is known, or with what was typed."""
    initial = [{"channel": channel, "address": address} for channel, address in known]
    return _Ways(typed, initial=initial, prefix="ways")


def filled(rows: forms.BaseFormSet[WayForm]) -> tuple[Way, ...]:
    """What is filled in, in order; only after they were found right."""
    return tuple(way for row in rows.forms if (way := _way(row)) is not None)
