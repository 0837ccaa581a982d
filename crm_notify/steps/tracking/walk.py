"""Follow a path from a record: over relations in both directions, attributes and methods."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.db.models import QuerySet, prefetch_related_objects
from django.db.models.manager import BaseManager
from django.utils.module_loading import import_string

from crm_notify.exceptions import SettingsError

AnyModel = type[models.Model]


@dataclass(frozen=True, kw_only=True)
class Way:
    """Where a path leads, as far as the models tell without a record.

    ``relations`` are its first segments that are relations, ``end`` is the model at its end, or
    None where only a record could tell, and ``many`` whether there may be several.
    """

    relations: tuple[str, ...] = ()
    end: AnyModel | None = None
    many: bool = False


def is_path(model: AnyModel, given: str) -> bool:
    """Whether this is a path from the model; else it is the dotted name of a function."""
    first = given.partition(".")[0]
    return first in _relations(model) or hasattr(model, first)


def survey(model: AnyModel, path: str) -> Way:
    """Look where a path leads; raise SettingsError where that is nowhere."""
    here: AnyModel | None = model
    relations: list[str] = []
    many = False
    for name in path.split("."):
        if here is None:
            break
        if name in (known := _relations(here)):
            here, several = known[name]
            relations.append(name)
            many = many or several
        elif name and hasattr(here, name):
            here = None
        else:
            raise SettingsError(f"{path!r} leads nowhere: {here._meta.label} has no {name!r}")
    return Way(relations=tuple(relations), end=here, many=many)


def _relations(model: AnyModel) -> dict[str, tuple[AnyModel | None, bool]]:
    """By the name of the attribute: the model at the other end, and whether it may be many."""
    found: dict[str, tuple[AnyModel | None, bool]] = {}
    for field in model._meta.get_fields():
        if not field.is_relation:
            continue
        name = field.name
        if field.auto_created and not field.concrete:
            name = field.get_accessor_name() or ""  # type: ignore[union-attr]
        # A generic foreign key leads to a record of any model.
        other = field.related_model if isinstance(field.related_model, type) else None
        found[name] = (other, bool(field.many_to_many or field.one_to_many))
    found.pop("", None)
    return found


def function(dotted: str) -> Any:
    """The host's function of that name; raise SettingsError where there is none."""
    try:
        found = import_string(dotted)
    except ImportError as error:
        raise SettingsError(f"{dotted!r} cannot be imported: {error}") from error
    if not callable(found):
        raise SettingsError(f"{dotted!r} is not callable")
    return found


def reach(record: models.Model, given: str) -> list[Any]:
    """What is at the end of a path, or what a function says of the record; None is left out.

    The number of queries depends on the length of the path only, as far as it is relations.
    """
    if not is_path(type(record), given):
        return list(_spread(function(given)(record)))
    relations = survey(type(record), given).relations
    if relations:
        prefetch_related_objects([record], "__".join(relations))
    found: list[Any] = [record]
    for name in given.split("."):
        found = [value for item in found for value in _step(item, name)]
    return found


def _step(item: Any, name: str) -> Iterator[Any]:
    try:
        value = getattr(item, name)
    except ObjectDoesNotExist:
        if not (isinstance(item, models.Model) and name in _relations(type(item))):
            # A property of the host's own that failed.
            raise
        # The other end of a one-to-one relation is not there.
        return
    if callable(value) and not isinstance(value, BaseManager):
        value = value()
    yield from _spread(value)


def _spread(value: Any) -> Iterator[Any]:
    if isinstance(value, BaseManager):
        value = value.all()
    if value is None:
        return
    if isinstance(value, (list, tuple, set, frozenset, QuerySet, Iterator)):
        yield from value
    else:
        yield value
