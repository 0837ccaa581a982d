"""A row's fields in words, as Django's admin would show them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils.html import format_html_join
from django.utils.text import capfirst

from crm_notify.channels.places import staff_page
from crm_notify.desk.desk import Shown
from crm_notify.desk.marks import Text, foreign, short

#: What stands where there is nothing.
NOTHING = "-"
#: How much of a long text one page shows.
MOST = 10_000


def label_of(model: type[Model], shown: Shown) -> Text:
    """What it is called."""
    if isinstance(shown, str):
        return capfirst(model._meta.get_field(shown).verbose_name)  # type: ignore[union-attr]
    return capfirst(str(shown.label))


def value_of(row: Any, shown: Shown) -> Text:
    """What stands there, harmless to show."""
    if isinstance(shown, str):
        return _field(row, shown)
    return shown.show(row, staff_page) or NOTHING


def _field(row: Any, name: str) -> Text:
    value = getattr(row, name)
    if row._meta.get_field(name).choices:
        return getattr(row, f"get_{name}_display")() or NOTHING
    if isinstance(value, datetime):
        return short(value)
    if isinstance(value, dict):
        lines = ((foreign(str(key), 200), foreign(str(said), 2000)) for key, said in value.items())
        return format_html_join("", '<p class="crm-notify-linked">{}: {}</p>', lines) or NOTHING
    if value is None or value == "":
        return NOTHING
    return foreign(str(value), MOST)
