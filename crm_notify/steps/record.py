"""Write down what a user did, and one queued notification for each who is to be told."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from contextlib import nullcontext
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from crm_notify.conf import get_settings
from crm_notify.exceptions import RefusedInput
from crm_notify.models import Activity, Incident, Notification
from crm_notify.models.tenant import LONGEST_TENANT
from crm_notify.querysets import target_key
from crm_notify.queue import wake
from crm_notify.rules.text import one_line, storable
from crm_notify.scope import scope
from crm_notify.steps.incident import note_incident
from crm_notify.steps.person import person
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
    """Record one act in the caller's transaction; see ``crm_notify.api.record_activity``."""
    actor = actor if getattr(actor, "pk", None) is not None else None
    activity = _describe(actor=actor, verb=verb, target=target, text=text, url=url, urgency=urgency)
    tenant = _name("tenant", tenant, LONGEST_TENANT)
    activity.key = _name("key", key or "", 255) or None
    try:
        activity.tenant = tenant or tenant_of_now()
    except Exception as error:
        if get_settings().ON_RESOLVER_FAILURE == "raise":
            raise
        return _keep_of_nobody(activity, error)
    # An act of no tenant is written as whoever called us may write.
    around = scope(activity.tenant) if activity.tenant else nullcontext()
    with around, transaction.atomic():
        known = _save_once(activity)
        if known is not None:
            return known
        _queue(activity, _recipients(activity, actor, target, recipients))
    return activity


def _keep_of_nobody(activity: Activity, error: Exception) -> Activity:
    """Nobody is told of what is nobody's: it could come from the wrong sender, to the wrong people.

    Only those see it who see all tenants, and they have an incident.
    """
    with scope(None), transaction.atomic():
        known = _save_once(activity)
        if known is not None:
            return known
        logger.error("crm_notify: TENANT failed; nobody is told of %s", activity, exc_info=error)
        note_incident(
            Incident.Kind.RESOLVER,
            subject=get_settings().TENANT,
            sample=f"{activity} (activity {activity.pk}): {type(error).__name__}: {error}",
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
    if urgency not in Activity.Urgency.values:
        known = ", ".join(Activity.Urgency.values)
        raise RefusedInput(f"There is no urgency {urgency!r}. It can be: {known}.")
    verb = one_line(verb, 200)
    if not verb:
        raise RefusedInput('Say what was done, for example verb="logged a call".')
    if len(url) > 2000:
        raise RefusedInput(f"The url has {len(url)} characters; it can have 2,000.")
    kind, pk = target_key(target)
    name, address = person(actor) if actor is not None else ("", "")
    return Activity(
        actor=actor,
        actor_name=name,
        actor_address=address,
        verb=verb,
        target_type=kind,
        target_id=pk,
        # Names of records come from people: a line break in one must not break the host's save.
        target_label=one_line(str(target), 255),
        text=storable(text),
        url=storable(url) or _own_url(target),
        urgency=urgency,
        recorded_at=timezone.now(),
    )


def _own_url(target: models.Model) -> str:
    ask = getattr(target, "get_absolute_url", None)
    return str(ask() or "")[:2000] if ask is not None else ""


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
        with transaction.atomic():
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
        with transaction.atomic():
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
            sample=f"{activity} (activity {activity.pk}): {type(error).__name__}: {error}",
        )
        return []


def _queue(activity: Activity, users: list[Any]) -> None:
    now = activity.recorded_at
    rows = []
    for user in users:
        name, address = person(user)
        rows.append(
            Notification(
                tenant=activity.tenant,
                activity=activity,
                recipient=user,
                recipient_name=name,
                address=address,
                due_at=now,
                created_at=now,
                changed_at=now,
            )
        )
    if rows:
        Notification.objects.bulk_create(rows)
        wake("deliver")
