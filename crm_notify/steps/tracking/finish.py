"""Find, when all has been saved, who is to be told of a tracked change, and queue it for them."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import QuerySet
from django.utils import timezone

from crm_notify import database
from crm_notify.models import Activity
from crm_notify.rules.text import said
from crm_notify.rules.tracking import URGENCIES, Net
from crm_notify.scope import scope, scope_of
from crm_notify.steps.draft import LONGEST_URL, complete, own_url, queue_for
from crm_notify.steps.resolve import FEW, resolve, to_be_told
from crm_notify.steps.tracking.acting import Served
from crm_notify.steps.tracking.bear import bearing, tell_admins
from crm_notify.steps.tracking.bind import Tracked, tracked
from crm_notify.steps.tracking.phrase import name_of, phrase
from crm_notify.steps.tracking.tell import told_by
from crm_notify.steps.tracking.walk import reach

logger = logging.getLogger(__name__)

#: So many of one request or transaction are finished by it; the sweep does the rest.
MOST = 100
#: What could not be done is tried again after that.
LATER = timedelta(minutes=1)
SELDOM = timedelta(hours=1)
#: What is written when all has been found.
_FOUND = [
    "target_type",
    "target_id",
    "target_label",
    "text",
    "url",
    "urgency",
    "resolve_at",
    "pending",
]


def end_request(served: Served) -> None:
    """The request is over: whoever is to be told of what it has saved is found now."""
    served.over = True
    finish(served.remembered.values())


def finish(activities: Iterable[int | None]) -> None:
    """Finish these, each in a transaction of its own. Never raises: the sweep does the rest.

    What was rolled back is not there any more, and what another one finishes just now is his.
    """
    for id in [id for id in activities if id is not None][:MOST]:
        try:
            with scope(None), database.atomic():
                _finish(id)
        except Exception:
            logger.exception("crm_notify: who is told of activity %s is found later", id)


def finish_later(activities: Iterable[int]) -> None:
    """The same for the sweep, which puts off what fails, so that it stands in nobody's way."""
    for id in activities:
        try:
            with scope(None), database.atomic():
                _finish(id)
        except Exception as error:
            logger.exception("crm_notify: who is told of activity %s cannot be found", id)
            tell_admins("recipients", f"activity {id}: {said(error)}")
            _put_off(id)


def _put_off(id: int) -> None:
    """The longer it has waited, the more seldom it is tried: what passes, passes soon."""
    now = timezone.now()
    for recorded_at in _pending(id).values_list("recorded_at", flat=True):
        pause = min(max(now - recorded_at, LATER), SELDOM)
        _pending(id).update(resolve_at=now + pause)


def _pending(id: int) -> QuerySet[Activity]:
    return Activity.objects.filter(pk=id, resolve_at__isnull=False)


def _finish(id: int) -> None:
    # Of two who come for it at once the second one finds nothing.
    rows = _pending(id).select_related("actor")
    activity = rows.select_for_update(of=("self",), skip_locked=True, no_key=True).first()
    if activity is None:
        return
    kept: Any = activity.pending
    net = Net.from_json(kept["net"])
    with scope_of(activity.tenant):
        record = _record(kept) if net else None
    # What is nobody's is asked for nobody, and not over all tenants.
    with scope(activity.tenant):
        users = _users(activity, record, net, kept) if record is not None else []
    if record is None:
        # Taken back, or deleted since: there is nothing to look at, and nobody is told.
        logger.info("crm_notify: nothing is left of activity %s", id)
        activity.delete()
        return
    activity.resolve_at = activity.pending = None
    activity.save(update_fields=_FOUND)
    queue_for(activity, users)


def _users(
    activity: Activity, record: models.Model, net: Net, kept: Mapping[str, Any]
) -> list[Any]:
    """Who is to be told; meanwhile what is shown of it is filled in."""
    item = tracked().get(type(record))
    if item is not None:
        return _read(activity, item, record, net, using=kept["using"])
    subject = f"{kept['model']}: not tracked any more"
    tell_admins(subject, f"activity {activity.pk} of record {kept['key']}: nobody is told")
    complete(activity, target=record, label=name_of(record), text="", url="", urgency="normal")
    return []


def _record(kept: Mapping[str, Any]) -> models.Model | None:
    """The record as it is now, from the database that it was saved in: no replica, no cache."""
    try:
        model: Any = apps.get_model(kept["model"])
    except LookupError:
        tell_admins(f"{kept['model']}: unknown", f"record {kept['key']}: nobody is told")
        return None
    rows: QuerySet[Any] = model._base_manager.using(kept["using"])
    found: models.Model | None = rows.filter(pk=kept["key"]).first()
    if found is None and database.is_guarded(model, using=kept["using"]):
        with bearing(f"{kept['model']}: read", about=f"record {kept['key']}"):
            raise LookupError(
                "It was deleted, or row-level security hides it from whoever looks for those to be "
                "told, and nobody is: see TENANT_SCOPE, and put ActingUserMiddleware last."
            )
    return found


def _read(
    activity: Activity, item: Tracked, record: models.Model, net: Net, *, using: str
) -> list[Any]:
    """Fill in what is shown of it, and return the users to be told."""
    about = f"activity {activity.pk} of record {record.pk}"
    target = record
    with bearing(f"{item.label}: on", about=about):
        target = _target(item, record)
    label = ""
    with bearing(f"{item.label}: name", about=about):
        label = name_of(target)
    url = ""
    with bearing(f"{item.label}: link", about=about):
        url = _link(item, record, target)
    text = ""
    with bearing(f"{item.label}: text", about=about):
        text = _text(item, record, net, using=using)
    urgency = item.entry.urgency
    if urgency not in URGENCIES:
        urgency = URGENCIES[0]
        with bearing(f"{item.label}: urgency", about=about):
            urgency = _urgency(item, record)
    complete(activity, target=target, label=label, text=text, url=url, urgency=urgency)
    found: list[Any] = []
    if item.entry.tell is None:
        with bearing(f"{item.label}: resolver", about=about):
            found = resolve(activity, target)
    for given in item.entry.tell or ():
        with bearing(f"{item.label}: tell {given}", about=about):
            found += told_by(record, given)
    users: Sequence[Any] = ()
    with bearing(f"{item.label}: tell", about=about):
        users = to_be_told(found, actor=activity.actor, target=target, tenant=activity.tenant)
    return _still_there(users, subject=f"{item.label}: tell", about=about)


def _still_there(users: Sequence[Any], *, subject: str, about: str) -> list[Any]:
    """Those of them who are users still: a function may have kept one who was deleted."""
    if not users or len(users) > FEW:
        return [*users]
    rows = get_user_model()._base_manager.using(database.alias())
    known = set(rows.filter(pk__in=[user.pk for user in users]).values_list("pk", flat=True))
    if gone := [user.pk for user in users if user.pk not in known]:
        tell_admins(subject, f"{about}: no users any more: {gone}")
    return [user for user in users if user.pk in known]


def _target(item: Tracked, record: models.Model) -> models.Model:
    """What the activity is about; a record that belongs to none is about itself."""
    found = reach(record, item.entry.on) if item.entry.on else []
    target = found[0] if found else record
    if len(found) > 1 or not isinstance(target, models.Model) or target.pk is None:
        raise ValueError(f"{item.entry.on} must lead to one saved record, not to {found!r}")
    return target


def _link(item: Tracked, record: models.Model, target: models.Model) -> str:
    if not item.entry.link:
        return own_url(target)
    url = "".join(str(part) for part in reach(record, item.entry.link))
    if len(url) > LONGEST_URL:
        raise ValueError(f"{item.entry.link} has {len(url)} characters; it can have {LONGEST_URL}")
    return url


def _text(item: Tracked, record: models.Model, net: Net, *, using: str) -> str:
    if item.entry.text:
        return ", ".join(str(part) for part in reach(record, item.entry.text))
    return phrase(item, net, using=using)


def _urgency(item: Tracked, record: models.Model) -> str:
    """As the record says; a truth value is one too."""
    found = next(iter(reach(record, item.entry.urgency)), False)
    if isinstance(found, bool):
        return URGENCIES[found]
    if found not in URGENCIES:
        raise ValueError(f"{item.entry.urgency} must be one of {', '.join(URGENCIES)}: {found!r}")
    return str(found)
