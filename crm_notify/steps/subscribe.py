"""Who wants to hear of what."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from crm_notify.models import Subscription
from crm_notify.querysets import target_key


def set_wanted(user: Any, wanted: bool, *, target: models.Model | None, owned: bool) -> None:
    """Write one wish; the last one of a scope counts."""
    Subscription.objects.update_or_create(
        user=user,
        **_scope(target, owned),
        defaults={"wanted": wanted, "changed_at": timezone.now()},
    )


def wants(user: Any, *, target: models.Model | None, owned: bool) -> bool | None:
    """Read one wish."""
    wishes = Subscription.objects.filter(user=user, **_scope(target, owned))
    return wishes.values_list("wanted", flat=True).first()


def _scope(target: models.Model | None, owned: bool) -> dict[str, Any]:
    if target is not None:
        kind, key = target_key(target)
        return {"scope": Subscription.Scope.RECORD, "target_type": kind, "target_id": key}
    scope = Subscription.Scope.OWNED if owned else Subscription.Scope.EVERYTHING
    return {"scope": scope, "target_type": None, "target_id": ""}
