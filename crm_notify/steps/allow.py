"""Who may do what about a failure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from crm_notify.channels.base import MAIL
from crm_notify.exceptions import NotAllowed
from crm_notify.models import Alert, Notification
from crm_notify.querysets import members_of


def may_act(user: Any, notification: Notification) -> bool:
    """The acting user, whoever has been warned, and those who may change notifications."""
    if not is_somebody(user):
        return False
    return (
        notification.activity.actor_id == user.pk
        or has(user, "change_notification")
        or Alert.objects.filter(
            chain=notification.chain_id_or_own, person=user, closed_at=None
        ).exists()
    )


def is_somebody(user: Any) -> bool:
    """Not an anonymous visitor, whose missing id would equal that of the admins' alerts."""
    return user.pk is not None and bool(user.is_active)


def has(user: Any, permission: str) -> bool:
    """Whether he has one of our permissions.

    A host's own user model may know of none: then its superusers have them all, or whoever is
    staff where it knows no superusers either.
    """
    if not is_somebody(user):
        return False
    ask = getattr(user, "has_perm", None)
    if ask is None:
        return bool(getattr(user, "is_superuser", getattr(user, "is_staff", False)))
    return bool(ask(f"crm_notify.{permission}"))


def allow(by: Any, notification: Notification) -> None:
    if not may_act(by, notification):
        raise NotAllowed(_("This notification is somebody else's."))


def locked_chain(notification: Notification) -> list[Notification]:
    """The chain, with its first notification locked, so that two clicks do not send twice.

    The lock comes first: a query that waits for its locks does not see rows written meanwhile.
    """
    head = notification.chain_id_or_own
    Notification.objects.select_for_update(no_key=True).get(pk=head)
    return list(members_of([head]).order_by("pk"))


def mail_of(chain: Iterable[Notification], notification: Notification) -> Notification:
    """The mail that it stands for: what went out by another channel is not sent twice."""
    if notification.channel == MAIL:
        return notification
    return [item for item in chain if item.channel == MAIL][-1]
