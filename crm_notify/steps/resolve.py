"""Who is to be told: those named by the caller, or those whom the resolver finds."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.db import models
from django.db.models import Q

from crm_notify.conf import get_settings
from crm_notify.exceptions import RefusedInput
from crm_notify.models import Activity, Subscription
from crm_notify.querysets import target_key
from crm_notify.steps.person import is_user

Scope = Subscription.Scope

#: For so many the wishes of just these users are asked for: SQLite limits what a query may name.
FEW = 500


def resolve(activity: Activity, target: models.Model) -> list[Any]:
    """Ask the host's resolver, or the built-in one."""
    ask = get_settings().function("RESOLVER")
    return list(ask(activity, target)) if ask is not None else []


def followers(activity: Activity, target: models.Model) -> Iterable[Any]:
    """The built-in resolver: who follows this record, and its owners who follow all they own."""
    ask = get_settings().function("OWNERS")
    owners = [owner.pk for owner in ask(target) if owner is not None] if ask is not None else []
    kind, key = target_key(target)
    wishes = Subscription.objects.filter(
        Q(scope=Scope.RECORD, target_type=kind, target_id=key)
        | Q(scope=Scope.OWNED, user__in=owners),
        wanted=True,
    ).select_related("user")
    return [wish.user for wish in wishes if wish.user.is_active]


def to_be_told(users: Iterable[Any], *, actor: Any, target: models.Model) -> list[Any]:
    """Each user once, never the actor himself, and nobody who wants no such mail. One query.

    Raises RefusedInput for whoever is no saved user.
    """
    distinct: dict[Any, Any] = {}
    for user in users:
        if user is None:
            continue
        if not is_user(user) or user.pk is None:
            raise RefusedInput(f"Recipients must be users that are saved, not {user!r}.")
        distinct.setdefault(user.pk, user)
    if actor is not None:
        distinct.pop(actor.pk, None)
    unwilling = _unwilling(distinct, target)
    return [user for pk, user in distinct.items() if pk not in unwilling]


def _unwilling(users: Collection[Any], target: models.Model) -> set[Any]:
    kind, key = target_key(target)
    wishes = Subscription.objects.filter(
        Q(scope=Scope.EVERYTHING) | Q(scope=Scope.RECORD, target_type=kind, target_id=key),
        wanted=False,
    )
    if len(users) <= FEW:
        wishes = wishes.filter(user__in=list(users))
    return set(wishes.values_list("user", flat=True))
