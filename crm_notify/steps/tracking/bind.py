"""Bind the entries of TRACK to the host's models, and say what is wrong with them."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.core.signals import setting_changed
from django.db import models

from crm_notify.conf import Settings, get_settings
from crm_notify.rules.tracking import Entry, read
from crm_notify.steps.tracking.walk import AnyModel


@dataclass(frozen=True, kw_only=True)
class Tracked:
    """An entry, its model, and those of its fields that are columns and that are sets."""

    entry: Entry
    model: AnyModel
    columns: tuple[models.Field[Any, Any], ...]
    sets: tuple[models.ManyToManyField[Any, Any], ...]

    @property
    def label(self) -> str:
        return self.model._meta.label

    def touched(self, update_fields: frozenset[str] | None) -> bool:
        """Whether a save of these fields (None: of all) could change what is noticed."""
        if update_fields is None:
            return bool(self.columns)
        return any(
            field.generated or field.name in update_fields or field.attname in update_fields
            for field in self.columns
        )


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """What is wrong with an entry, by the number of its check."""

    id: str
    label: str
    says: str
    hint: str


def bind(conf: Settings) -> tuple[list[Tracked], list[Mistake]]:
    """What of the entries can be used, and what is wrong with the rest.

    Nothing of the host's is imported here: its functions are looked at by the system check, and
    where one is missing that is an incident for the admins and everybody else is told.
    """
    bound: list[Tracked] = []
    mistakes: list[Mistake] = []
    for label, given in conf.TRACK.items():
        for found in _bind(str(label), given):
            if isinstance(found, Mistake):
                mistakes.append(found)
            else:
                bound.append(found)
    return bound, mistakes


@functools.lru_cache(maxsize=1)
def tracked() -> Mapping[AnyModel, Tracked]:
    """By class: the entry that its saves are looked at with, the nearest one among its bases.

    Django announces a save by the class of the instance: a proxy or a child has to be in here too.
    """
    own = {item.model: item for item in bind(get_settings())[0]}
    found: dict[AnyModel, Tracked] = {}
    for model in apps.get_models():
        nearest = next((own[base] for base in model.__mro__ if base in own), None)
        if nearest is not None:
            found[model] = nearest
    return found


def _forget(*, setting: str, **kwargs: Any) -> None:
    if setting == "CRM_NOTIFY":
        tracked.cache_clear()


setting_changed.connect(_forget, dispatch_uid="crm_notify.bind")


def _bind(label: str, given: Any) -> Iterator[Tracked | Mistake]:
    try:
        entry = read(given)
    except ValueError as error:
        yield Mistake(id="E040", label=label, says="This cannot be read.", hint=str(error))
        return
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError) as error:
        hint = 'Type it as "app_label.Model", as in INSTALLED_APPS.'
        yield Mistake(id="E041", label=label, says=str(error), hint=hint)
        return
    composite = isinstance(model._meta.pk, models.CompositePrimaryKey)
    if composite or model._meta.app_label == "crm_notify":
        hint = "Track a model of your own, one that has a primary key of one column."
        says = "Its records cannot be the target of an activity."
        yield Mistake(id="E041", label=label, says=says, hint=hint)
        return
    columns: list[models.Field[Any, Any]] = []
    sets: list[models.ManyToManyField[Any, Any]] = []
    for name in entry.fields:
        field = _field(model, name)
        if field is None:
            hint = f"Name fields of the model itself: {', '.join(_names(model))}."
            says = f"There is no field {name!r} whose changes could be seen."
            yield Mistake(id="E042", label=label, says=says, hint=hint)
        elif isinstance(field, models.ManyToManyField):
            sets.append(field)
        else:
            columns.append(field)
    yield Tracked(entry=entry, model=model, columns=tuple(columns), sets=tuple(sets))


def _field(model: AnyModel, name: str) -> models.Field[Any, Any] | None:
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        # "owner_id" is the column of "owner".
        found = (item for item in model._meta.concrete_fields if item.attname == name)
        return next(found, None)
    # From Django 6.1 on a many-to-many relation does not count as concrete any more.
    seen = isinstance(field, models.ManyToManyField) or field.concrete
    return field if isinstance(field, models.Field) and seen else None


def _names(model: AnyModel) -> list[str]:
    own = [*model._meta.concrete_fields, *model._meta.many_to_many]
    return [field.name for field in own if not field.primary_key]
