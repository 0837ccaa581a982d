"""Filters of receipts; each choice has an index, for what is rare among millions."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from crm_notify.admin.filters import ALL, ChoiceFilter
from crm_notify.models import Receipt
from crm_notify.rules.providers import PROVIDERS


class FieldFilter(ChoiceFilter):
    """The parameter's name is the field's."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Receipt]) -> QuerySet[Receipt]:
        if self.value() == ALL:
            return queryset
        return queryset.filter(**{self.parameter_name: self.value()})


class StateFilter(FieldFilter):
    """Whether it was understood."""

    title = _("state")
    parameter_name = "state"
    words = ((ALL, _("All")), *Receipt.State.choices)


class VerdictFilter(FieldFilter):
    """Who vouches for it."""

    title = _("signature")
    parameter_name = "verdict"
    words = ((ALL, _("All")), *Receipt.Verdict.choices)


class ProviderFilter(FieldFilter):
    """From whom."""

    title = _("provider")
    parameter_name = "provider"
    words = (
        (ALL, _("All")),
        *((row.name, row.label) for row in PROVIDERS.values() if row.tracking or row.inbound),
    )
