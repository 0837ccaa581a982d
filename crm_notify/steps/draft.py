"""Write an activity down with all that will be shown of it, and a notification for each reader."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.functional import Promise

from crm_notify.exceptions import RefusedInput
from crm_notify.models import Activity, Notification
from crm_notify.querysets import target_key
from crm_notify.queue import wake
from crm_notify.rules.text import one_line, storable
from crm_notify.steps.person import person

logger = logging.getLogger(__name__)

#: What our column holds.
LONGEST_URL = 2000


def begin(*, actor: Any, verb: str, kind: ContentType, key: str) -> Activity:
    """A new activity, not saved: who has just done what, and to which record."""
    verb = one_line(spoken(verb), 200)
    if not verb:
        raise RefusedInput('Say what was done, for example verb="logged a call".')
    name, address = person(actor) if actor is not None else ("", "")
    return Activity(
        actor=actor,
        actor_name=name,
        actor_address=address,
        verb=verb,
        target_type=kind,
        target_id=key,
        recorded_at=timezone.now(),
    )


def complete(
    activity: Activity, *, target: models.Model, label: str, text: str, url: str, urgency: str
) -> None:
    """Fill in what will be shown of its target later."""
    if urgency not in Activity.Urgency.values:
        known = ", ".join(Activity.Urgency.values)
        raise RefusedInput(f"There is no urgency {urgency!r}. It can be: {known}.")
    if len(url) > LONGEST_URL:
        raise RefusedInput(f"The url has {len(url)} characters; it can have 2,000.")
    activity.target_type, activity.target_id = target_key(target)
    # Names of records come from people: a line break in one must not break the host's save.
    activity.target_label = one_line(label, 255)
    activity.text = storable(spoken(text))
    activity.url = storable(url)
    activity.urgency = urgency


def spoken(text: str) -> str:
    """A text that is translated lazily, said in the language that is active now."""
    return str(text) if isinstance(text, Promise) else text


def own_url(target: models.Model) -> str:
    """Where a record says that it is shown, if it says so."""
    ask = getattr(target, "get_absolute_url", None)
    return str(ask() or "")[:LONGEST_URL] if ask is not None else ""


def _known(user: Any) -> tuple[str, str]:
    """His name and address; where a host's own model fails he has none, which somebody will see."""
    try:
        return person(user)
    except Exception:
        logger.exception("crm_notify: neither name nor address of user %s can be read", user.pk)
        return "", ""


def queue_for(activity: Activity, users: Sequence[Any]) -> None:
    """One queued notification for each of them."""
    now = activity.recorded_at
    rows = []
    for user in users:
        name, address = _known(user)
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
