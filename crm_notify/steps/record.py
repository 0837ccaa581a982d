"""Write down what a user did, and one queued notification for each who is to be told."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from django.db import DatabaseError, IntegrityError, models

from crm_notify import database
from crm_notify.conf import get_settings
from crm_notify.exceptions import RefusedInput
from crm_notify.models import Activity, Incident
from crm_notify.models.tenant import LONGEST_TENANT
from crm_notify.querysets import target_key
from crm_notify.rules.text import said, storable
from crm_notify.scope import scope, scope_of
from crm_notify.steps.draft import begin, complete, own_url, queue_for, spoken
from crm_notify.steps.incident import note_incident
from crm_notify.steps.resolve import resolve, to_be_told
from crm_notify.steps.whose import tenant_of_now

logger = logging.getLogger(__name__)


def record(
    *,
    actor: Any,
    verb: str,
    target: models.Model,
    text: str,
    url: str,
    urgency: str,
    key: str | None,
    recipients: Iterable[Any] | None,
    tenant: str,
) -> Activity:
    """Record one act in the caller's transaction; see ``crm_notify.api.record_activity``.

    Where that is one of another database, a roll-back there could not take ours back: then it is
    written once that one has committed, and has no primary key until then.
    """
    actor = actor if getattr(actor, "pk", None) is not None else None
    activity = _describe(actor=actor, verb=verb, target=target, text=text, url=url, urgency=urgency)
    tenant = _name("tenant", tenant, LONGEST_TENANT)
    activity.key = _name("key", key or "", 255) or None
    theirs = database.elsewhere(target)
    try:
        activity.tenant = tenant or tenant_of_now()
    except Exception as error:
        if get_settings().ON_RESOLVER_FAILURE == "raise":
            raise
        why = error
        if theirs is not None:
            database.on_commit(lambda: _keep_of_nobody(activity, why), using=theirs)
            return activity
        return _keep_of_nobody(activity, why)
    if theirs is not None:
        # Asked now, so that what is wrong is said to the caller and not to a log.
        with scope_of(activity.tenant):
            users = _recipients(activity, actor, target, recipients)
        database.on_commit(lambda: _record_late(activity, users), using=theirs)
        return activity
    with scope_of(activity.tenant), database.atomic():
        known = _save_once(activity)
        if known is not None:
            return known
        queue_for(activity, _recipients(activity, actor, target, recipients))
    return activity


def _record_late(activity: Activity, users: list[Any]) -> None:
    """The record is committed; what ails our database now is no reason to fail its caller."""
    try:
        with scope_of(activity.tenant), database.atomic():
            if _save_once(activity) is None:
                queue_for(activity, users)
    except DatabaseError:
        logger.exception("crm_notify: nobody is told of %s, which could not be recorded", activity)


def _keep_of_nobody(activity: Activity, error: Exception) -> Activity:
    """Nobody is told of what is nobody's: it could come from the wrong sender, to the wrong people.

    Only those see it who see all tenants, and they have an incident.
    """
    with scope(None), database.atomic():
        known = _save_once(activity)
        if known is not None:
            return known
        logger.error("crm_notify: TENANT failed; nobody is told of %s", activity, exc_info=error)
        note_incident(
            Incident.Kind.RESOLVER,
            subject=get_settings().TENANT,
            sample=f"{activity} (activity {activity.pk}): {said(error)}",
        )
    return activity


def _name(argument: str, given: str, limit: int) -> str:
    """A name of the caller's own, which must not be changed."""
    if len(given) > limit or storable(given) != given:
        raise RefusedInput(f"The {argument} must be a text of at most {limit} characters.")
    return given


def _describe(
    *, actor: Any, verb: str, target: models.Model, text: str, url: str, urgency: str
) -> Activity:
    if target.pk is None:
        raise RefusedInput("The target has no primary key yet: save it before it is recorded.")
    kind, pk = target_key(target)
    activity = begin(actor=actor, verb=verb, kind=kind, key=pk)
    url = storable(spoken(url)) or own_url(target)
    complete(activity, target=target, label=str(target), text=text, url=url, urgency=urgency)
    return activity


def _save_once(activity: Activity) -> Activity | None:
    """Save it, or return the one that was recorded before under the same key."""
    if activity.key is None:
        activity.save(force_insert=True)
        return None
    same = Activity.objects.filter(tenant=activity.tenant, key=activity.key)
    known = same.first()
    if known is not None:
        return known
    try:
        with database.atomic():
            activity.save(force_insert=True)
    except IntegrityError:
        # Another request recorded the same act between our two statements.
        return same.get()
    return None


def _recipients(
    activity: Activity, actor: Any, target: models.Model, given: Iterable[Any] | None
) -> list[Any]:
    if given is not None:
        return to_be_told(given, actor=actor, target=target, tenant=activity.tenant)
    try:
        # A savepoint: a query that fails in the host's resolver must not break the host's save.
        with database.savepoints():
            found = resolve(activity, target)
            return to_be_told(found, actor=actor, target=target, tenant=activity.tenant)
    except Exception as error:
        if get_settings().ON_RESOLVER_FAILURE == "raise":
            raise
        logger.exception("crm_notify: the resolver failed; nobody is told of %s", activity)
        note_incident(
            Incident.Kind.RESOLVER,
            subject=get_settings().RESOLVER,
            tenant=activity.tenant,
            sample=f"{activity} (activity {activity.pk}): {said(error)}",
        )
        return []
