"""Whom an entry of TRACK names: users, teams of theirs, and whatever holds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models
from django.db.models.manager import BaseManager

from crm_notify.exceptions import RefusedInput
from crm_notify.steps.tracking.walk import AnyModel, reach


def told_by(record: models.Model, given: str) -> list[Any]:
    """The active users at the end of this path or named by this function."""
    people: list[Any] = []
    teams: list[Any] = []
    for found in _each(reach(record, given)):
        (teams if _is_team(found.__class__) else people).append(found)
    if teams:
        people.extend(get_user_model()._default_manager.filter(groups__in=teams))
    return [user for user in people if getattr(user, "is_active", True)]


def may_be_told(model: AnyModel) -> bool:
    """Whether records of this model are users, or teams of them."""
    user = get_user_model()
    return _is_team(model) or issubclass(model, user) or issubclass(user, model)


def _is_team(model: type[Any]) -> bool:
    """A group of django.contrib.auth, or a proxy or child of it."""
    return any(
        meta.label == "auth.Group"
        for meta in (getattr(base, "_meta", None) for base in model.__mro__)
        if meta is not None
    )


def _each(values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        if value is None:
            continue
        if isinstance(value, models.Model):
            if not may_be_told(value.__class__) or value.pk is None:
                raise RefusedInput(f"Recipients must be users that are saved, not {value!r}.")
            yield value
        elif isinstance(value, BaseManager):
            yield from _each(value.all())
        elif isinstance(value, Iterable) and not isinstance(value, (str, bytes)):
            yield from _each(value)
        else:
            raise RefusedInput(f"Recipients must be users that are saved, not {value!r}.")
