"""Who may do what about a failure."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from crm_notify import database
from crm_notify.channels.base import MAIL
from crm_notify.conf import get_settings
from crm_notify.exceptions import NotAllowed
from crm_notify.models import Alert, Notification
from crm_notify.models.tenant import OfTenant
from crm_notify.querysets import members_of

logger = logging.getLogger(__name__)

Row = TypeVar("Row", bound=OfTenant)
#: Where a user object keeps what the host has said of it.
_KNOWN = "_crm_notify_tenants"


def may_act(user: Any, notification: Notification) -> bool:
    """The acting user, whoever has been warned, and those who may change notifications."""
    if not is_somebody(user):
        return False
    return (
        notification.activity.actor_id == user.pk
        or has(user, "change_notification", tenant=notification.tenant)
        or Alert.objects.filter(
            chain=notification.chain_id_or_own, person=user, closed_at=None
        ).exists()
    )


def is_somebody(user: Any) -> bool:
    """Not an anonymous visitor, whose missing id would equal that of the admins' alerts."""
    return user.pk is not None and bool(user.is_active)


def has(user: Any, permission: str, *, tenant: str | None = None) -> bool:
    """Whether he has one of our permissions, and where a tenant is named, over what is that one's.

    A host's own user model may know of none: then its superusers have them all, or whoever is
    staff where it knows no superusers either. None of them counts outside of his tenants.
    """
    if not is_somebody(user):
        return False
    ask = getattr(user, "has_perm", None)
    if ask is None:
        may = bool(getattr(user, "is_superuser", getattr(user, "is_staff", False)))
    else:
        may = bool(ask(f"crm_notify.{permission}"))
    return may and (tenant is None or sees(user, tenant))


def tenants_of(user: Any) -> frozenset[str] | None:
    """The tenants whose rows he may see, as the host says; None: all, rows of no tenant included.

    Without ``TENANTS_OF`` that is everybody's answer. Where it fails he sees none. Asked once for
    each object that stands for a user, as Django asks for his permissions.
    """
    if not get_settings().TENANTS_OF:
        return None
    known: dict[str, frozenset[str] | None] = user.__dict__.setdefault(_KNOWN, {})
    path = get_settings().TENANTS_OF
    if path not in known:
        known[path] = _asked(user)
    return known[path]


def _asked(user: Any) -> frozenset[str] | None:
    if not is_somebody(user):
        return frozenset()
    try:
        ask = get_settings().function("TENANTS_OF")
        assert ask is not None
        with database.savepoints():
            found = ask(user)
            if found is None:
                return None
            # One name is meant as one, not as its letters; "" is nobody's name.
            return frozenset([found] if isinstance(found, str) else found) - {""}
    except Exception:
        logger.exception("crm_notify: TENANTS_OF failed for user %s, who sees nothing", user.pk)
        return frozenset()


def sees(user: Any, tenant: str) -> bool:
    """Whether he may see what is this tenant's; what is nobody's sees who sees all."""
    his = tenants_of(user)
    return his is None or tenant in his


def of_his_tenants(rows: QuerySet[Row], user: Any) -> QuerySet[Row]:
    """Those of these rows that he may see. What stands on his own screen is his in any case."""
    his = tenants_of(user)
    return rows if his is None else rows.filter(tenant__in=his)


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
