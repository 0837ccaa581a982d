"""The recipient himself, logged in, has seen it in the CRM: the best evidence there is."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from crm_notify import database
from crm_notify.models import Event, Notification
from crm_notify.querysets import target_key
from crm_notify.rules.evidence import Kind
from crm_notify.steps.allow import is_somebody
from crm_notify.steps.settle import settle
from crm_notify.steps.testify import verdict


@database.atomic()
def mark_seen(target: models.Model, *, user: Any) -> int:
    """The recipient himself, logged in, has opened the record: he knows. Returns how many."""
    if not is_somebody(user):
        return 0
    kind, key = target_key(target)
    return _see(Q(activity__target_type=kind, activity__target_id=key), user=user)


@database.atomic()
def open_notification(notification: Notification, *, user: Any) -> bool:
    """He has opened the link to it; returns whether it was he: nobody else's opening counts."""
    if not is_somebody(user) or notification.recipient_id != user.pk:
        return False
    _see(Q(pk=notification.pk), user=user)
    return True


def _see(about: Q, *, user: Any) -> int:
    # Also what was delivered: a bounce may yet come, and does not undo that he has seen it.
    unseen = Notification.objects.filter(
        ~Exists(Event.objects.filter(notification=OuterRef("pk"), kind=Kind.SEEN)),
        about,
        recipient=user,
    )
    now = timezone.now()
    ids = list(unseen.values_list("pk", flat=True))
    seen = [verdict(pk, Kind.SEEN, now=now, by=user) for pk in ids]
    Event.objects.bulk_create(seen, ignore_conflicts=True)
    settle(ids)
    return len(ids)
