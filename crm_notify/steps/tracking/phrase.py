"""Say in words what has changed of a record, with the values as people see them."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import models
from django.template.defaultfilters import yesno
from django.utils import timezone
from django.utils.formats import localize
from django.utils.text import capfirst

from crm_notify.rules.tracking import Net, list_members, say_change
from crm_notify.steps.tracking.bind import Tracked

logger = logging.getLogger(__name__)

#: So many related records of one set are asked for their names.
MOST = 20


def phrase(item: Tracked, net: Net, *, using: str) -> str:
    """One line for each field, columns first; one query for each relation."""
    lines: list[str] = []
    for column in item.columns:
        if column.name in net.values:
            before, after = net.values[column.name]
            shown = _shown(column, [before, after], using=using)
            lines.append(say_change(_label(column), shown[before], shown[after]))
    for field in item.sets:
        if field.name in net.members:
            out, into = (sorted(keys) for keys in net.members[field.name])
            named = [*into[:MOST], *out[:MOST]]
            names = _names(field.remote_field.model, "pk", named, using=using)
            gone = [names.get(key, key) for key in out[:MOST]]
            come = [names.get(key, key) for key in into[:MOST]]
            more = len(out) + len(into) - len(named)
            lines.append(list_members(_label(field), gone, come, more=more))
    return "\n".join(lines)


def name_of(record: models.Model) -> str:
    """What a record is called, even where the host's own code cannot say it."""
    try:
        return str(record)
    except Exception:
        logger.exception("crm_notify: a record of %s cannot say its name", record._meta.label)
        return f"{capfirst(record._meta.verbose_name)} {record.pk}"


def _label(field: models.Field[Any, Any]) -> str:
    return str(capfirst(field.verbose_name))


def _shown(
    field: models.Field[Any, Any], kept: Iterable[str | None], *, using: str
) -> Mapping[str | None, str]:
    """By what was kept of it: the value as people see it; the empty text for none."""
    values = [value for value in kept if value is not None]
    if field.is_relation:
        target = field.target_field  # type: ignore[attr-defined]
        names = _names(field.related_model, target.attname, values, using=using)
        return {None: "", **{value: names.get(value, value) for value in values}}
    return {None: "", **{value: _text(field, value) for value in values}}


def _text(field: models.Field[Any, Any], kept: str) -> str:
    value = field.to_python(kept)
    choices: dict[Any, Any] = dict(field.flatchoices)
    if value in choices:
        return str(choices[value])
    if isinstance(value, bool):
        return str(yesno(value))
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return str(localize(value))


def _names(model: Any, key: str, values: Iterable[str], *, using: str) -> dict[str, str]:
    """By their keys, the names of those records that are still there."""
    found = model._base_manager.using(using).filter(**{f"{key}__in": list(values)})
    return {str(getattr(record, key)): name_of(record) for record in found}
