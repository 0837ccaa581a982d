"""Notice what a save has changed of a tracked record; the saves of all others are not looked at."""

from __future__ import annotations

import json
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

from django.db import models, router

from crm_notify.conf import get_settings
from crm_notify.rules.tracking import NOTHING, Net, net_of
from crm_notify.steps.tracking.acting import is_untracked
from crm_notify.steps.tracking.bear import bearing
from crm_notify.steps.tracking.bind import Tracked, tracked
from crm_notify.steps.tracking.pend import pend
from crm_notify.steps.tracking.walk import AnyModel

#: The columns of a record, each as the text that a serializer makes of it.
Columns = dict[str, str | None]
Keys = frozenset[str]

#: A save that failed leaves what it had read; of more than so many nested ones none is remembered.
_DEEPEST = 8


def before_save(
    sender: AnyModel,
    instance: models.Model,
    raw: bool = False,
    using: str | None = None,
    update_fields: frozenset[str] | None = None,
    **kwargs: Any,
) -> None:
    """Read from the database what the save could change, where anything is to be noticed.

    The instance does not know it: it may be stale, made by hand, or have fields deferred.
    """
    if raw:
        return
    item = tracked()[sender]
    using = using or _database_of(instance)
    read: Columns | None = None
    if instance.pk is not None and item.touched(update_fields) and not is_untracked():
        with _bearing(item, instance.pk, using):
            read = _columns(item, sender, instance.pk, using=using)
    # A receiver of the host's may save the record again meanwhile.
    memory = instance._state.__dict__.setdefault("crm_notify_before", [])
    memory.append(read)
    del memory[:-_DEEPEST]


def after_save(
    sender: AnyModel,
    instance: models.Model,
    created: bool = False,
    raw: bool = False,
    using: str | None = None,
    **kwargs: Any,
) -> None:
    """Compare with what the database has now: expressions, triggers and rounding count too.

    Hosts announce bulk writes by themselves, without what Django says and without the first half.
    """
    if raw:
        return
    memory: list[Columns | None] = instance._state.__dict__.get("crm_notify_before", [])
    before = memory.pop() if memory else None
    if is_untracked():
        return
    item = tracked()[sender]
    using = using or _database_of(instance)
    net = Net(created=True) if created else NOTHING
    if before is not None and not created:
        with _bearing(item, instance.pk, using):
            after = _columns(item, sender, instance.pk, using=using) or before
            net = net_of(values={name: (value, after[name]) for name, value in before.items()})
    _notice(item, sender, [instance.pk], net, using=using)


def members_changed(
    sender: AnyModel,
    instance: models.Model,
    action: str,
    reverse: bool,
    model: AnyModel,
    pk_set: set[Any] | None,
    using: str,
    **kwargs: Any,
) -> None:
    """A many-to-many relation was changed, from either side."""
    record_model = model if reverse else type(instance)
    item = tracked().get(record_model)
    field = _set_of(item, sender)
    if item is None or field is None or is_untracked():
        return
    memory = instance._state.__dict__.setdefault("crm_notify_members", {})
    if action in {"pre_remove", "pre_clear"}:
        memory[sender] = frozenset()
        with _bearing(item, instance.pk, using):
            memory[sender] = _others(field, instance, reverse, pk_set, using=using)
        return
    if action == "post_add":
        out, into = frozenset[str](), frozenset(str(key) for key in pk_set or ())
    elif action in {"post_remove", "post_clear"}:
        out, into = memory.pop(sender, frozenset[str]()), frozenset[str]()
    else:
        return
    if not reverse:
        net = net_of(members={field.name: (out, into)})
        _notice(item, record_model, [instance.pk], net, using=using)
        return
    own = frozenset([str(instance.pk)])
    none = frozenset[str]()
    lost, won = Net(members={field.name: (own, none)}), Net(members={field.name: (none, own)})
    _notice(item, record_model, sorted(out), lost, using=using)
    _notice(item, record_model, sorted(into), won, using=using)


def _notice(item: Tracked, model: AnyModel, keys: Iterable[Any], net: Net, *, using: str) -> None:
    for key in keys if net else ():
        pend(item, model, str(key), net, using=using, may_raise=_may_raise())


def _may_raise() -> bool:
    return get_settings().ON_RESOLVER_FAILURE == "raise"


def _bearing(item: Tracked, key: Any, using: str) -> Any:
    subject, about = f"{item.label}: save", f"record {key}"
    return bearing(subject, about=about, may_raise=_may_raise(), using=using)


def _database_of(instance: models.Model) -> str:
    return instance._state.db or router.db_for_write(type(instance), instance=instance)


def _columns(item: Tracked, model: AnyModel, key: Any, *, using: str) -> Columns | None:
    """What the database has of this record; None where it has none."""
    fields = item.columns
    rows = model._base_manager.using(using).filter(pk=key)
    row = rows.values_list(*(field.attname for field in fields)).first()
    if row is None:
        return None
    return {field.name: _kept(field, value) for field, value in zip(fields, row, strict=True)}


def _kept(field: models.Field[Any, Any], value: Any) -> str | None:
    if value is None:
        return None
    holder: Any = SimpleNamespace(**{field.attname: value})
    kept: Any = field.value_to_string(holder)
    return kept if isinstance(kept, str) else json.dumps(kept, default=str, sort_keys=True)


def _set_of(item: Tracked | None, through: AnyModel) -> models.ManyToManyField[Any, Any] | None:
    fields = item.sets if item is not None else ()
    return next((field for field in fields if field.remote_field.through is through), None)


def _others(
    field: models.ManyToManyField[Any, Any],
    instance: models.Model,
    reverse: bool,
    keys: set[Any] | None,
    *,
    using: str,
) -> Keys:
    """The keys at the other end that are related to this one, of these or of all."""
    here, there = field.m2m_field_name(), field.m2m_reverse_field_name()
    if reverse:
        here, there = there, here
    through: Any = field.remote_field.through
    rows = through._base_manager.using(using).filter(**{here: instance.pk})
    if keys is not None:
        rows = rows.filter(**{f"{there}__in": keys})
    return frozenset(str(key) for key in rows.values_list(there, flat=True))
