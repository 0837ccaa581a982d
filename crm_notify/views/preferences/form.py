"""What a user types about himself, read and checked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings as django_settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm_notify import api
from crm_notify.conf import get_settings
from crm_notify.desk.finding import colleague
from crm_notify.exceptions import RefusedInput
from crm_notify.steps.allow import tenants_of
from crm_notify.steps.prefer import Said
from crm_notify.steps.presence import Way
from crm_notify.views.preferences.zones import begins, day_of, last_day_before, places, zone_of

#: Nobody is away for longer.
LONGEST = timedelta(days=2 * 366)


class _Day(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        # The form that browsers demand, whatever the language.
        super().__init__(format="%Y-%m-%d")


class _Time(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class PreferencesForm(forms.Form):
    """All but the ways; what the host has no use for is not asked."""

    hear = forms.BooleanField(
        label=_("Send me mail about what others do to records that concern me"), required=False
    )
    owned = forms.BooleanField(
        label=_("Also about everything that happens to records that I own"), required=False
    )
    away_from = forms.DateField(label=_("First day"), required=False, widget=_Day)
    away_until = forms.DateField(label=_("Last day"), required=False, widget=_Day)
    stand_in = forms.CharField(
        label=_("Who acts in my place"),
        required=False,
        max_length=320,
        help_text=_("Username, address or full name. Warnings go there while you are away."),
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)
    quiet_from = forms.TimeField(label=_("From"), required=False, widget=_Time)
    quiet_until = forms.TimeField(label=_("Until"), required=False, widget=_Time)

    def __init__(self, typed: Any, *, user: Any, said: Said) -> None:
        self._user, self._said = user, said
        super().__init__(typed, initial=_initial(user, said))
        conf = get_settings()
        if not conf.OWNERS:
            del self.fields["owned"]
        if not conf.CHANNELS:
            del self.fields["quiet_from"], self.fields["quiet_until"]
        zone = self.fields["time_zone"]
        assert isinstance(zone, forms.ChoiceField)
        here = _("As the CRM: %(zone)s") % {"zone": django_settings.TIME_ZONE}
        others = {said.time_zone, *places()} - {""}
        zone.choices = [("", here), *((name, name) for name in sorted(others))]
        for field in self.fields.values():
            if not isinstance(field, forms.BooleanField):
                field.widget.attrs |= {"class": "crm-notify-input"}
        self.fields["stand_in"].widget.attrs |= {"dir": "auto", "autocomplete": "off"}

    def clean_stand_in(self) -> Any:
        typed = self.cleaned_data["stand_in"]
        if not typed:
            return None
        try:
            found = colleague(typed, may=self._meets)
        except RefusedInput as error:
            raise forms.ValidationError(str(error)) from error
        if found.pk == self._user.pk:
            raise forms.ValidationError(_("That is you: choose somebody else."))
        return found

    def _meets(self, other: Any) -> bool:
        """Whether they have a tenant in common, or one of them sees all."""
        his, others = tenants_of(self._user), tenants_of(other)
        return his is None or others is None or not his.isdisjoint(others)

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if not {"away_from", "away_until"} & set(self.errors):
            self._clean_absence(given.get("away_from"), given.get("away_until"))
        if not {"quiet_from", "quiet_until"} & set(self.errors):
            self._clean_quiet(given.get("quiet_from"), given.get("quiet_until"))
        return given

    def _clean_absence(self, first: date | None, last: date | None) -> None:
        today = day_of(timezone.now(), zone_of(self.cleaned_data.get("time_zone", "")))
        if first is None and last is not None:
            first = self.cleaned_data["away_from"] = today
        if first is None:
            return
        if last is None:
            self.add_error("away_until", _("Say until when: nobody is away for ever."))
        elif last < first:
            self.add_error("away_until", _("The last day comes before the first."))
        elif last < today:
            self.add_error("away_until", _("This day is over."))
        for name, day in (("away_from", first), ("away_until", last)):
            if day is not None and abs(day - today) > LONGEST:
                self.add_error(name, _("Type a day within two years of today."))

    def _clean_quiet(self, begin: Any, end: Any) -> None:
        if (begin is None) != (end is None):
            missing = "quiet_from" if begin is None else "quiet_until"
            self.add_error(missing, _("Type both times, or none."))
        elif begin is not None and begin == end:
            self.add_error("quiet_until", _("The two times must differ."))

    def said(self, ways: Sequence[Way]) -> Said:
        """What he says now; what he was not asked is as it was."""
        given, before = self.cleaned_data, self._said
        away_from, away_until = self._absence()
        quiet = "quiet_from" in self.fields
        return Said(
            ways=ways,
            away_from=away_from,
            away_until=away_until,
            stand_in=given["stand_in"],
            time_zone=given["time_zone"],
            quiet_from=given["quiet_from"] if quiet else before.quiet_from,
            quiet_until=given["quiet_until"] if quiet else before.quiet_until,
        )

    def _absence(self) -> tuple[datetime | None, datetime | None]:
        """The days as moments; exact ones that were said elsewhere stay where no day changed."""
        if not {"away_from", "away_until", "time_zone"} & set(self.changed_data):
            return self._said.away_from, self._said.away_until
        first, last = self.cleaned_data["away_from"], self.cleaned_data["away_until"]
        if first is None:
            return None, None
        zone = zone_of(self.cleaned_data["time_zone"])
        return begins(first, zone), begins(last + timedelta(days=1), zone)

    def save_wishes(self) -> None:
        """Write what he wants to hear of, where that is not what stands there."""
        for name in {"hear", "owned"} & set(self.changed_data):
            api.set_wanted(self._user, self.cleaned_data[name], owned=name == "owned")


def _initial(user: Any, said: Said) -> dict[str, Any]:
    zone = zone_of(said.time_zone)
    first, end = said.away_from, said.away_until
    over = end is None or end <= timezone.now()
    return {
        "hear": api.wants(user) is not False,
        "owned": api.wants(user, owned=True) is True,
        "away_from": day_of(first, zone) if first is not None and not over else None,
        "away_until": last_day_before(end, zone) if end is not None and not over else None,
        "stand_in": said.stand_in.get_username() if said.stand_in else "",
        "time_zone": said.time_zone,
        "quiet_from": said.quiet_from,
        "quiet_until": said.quiet_until,
    }
