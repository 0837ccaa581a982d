"""Who wants to hear of what."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from crm_notify.conf import get_settings
from crm_notify.models import Subscription
from crm_notify.querysets import target_key
from crm_notify.steps.whose import tenant_of_now


def set_wanted(
    user: Any, wanted: bool, *, target: models.Model | None, owned: bool, tenant: str = ""
) -> None:
    """Write one wish; the last one of a scope counts, in the tenant given or in that of now."""
    Subscription.objects.update_or_create(
        user=user,
        tenant=tenant or tenant_of_now(),
        **_scope(target, owned),
        defaults={"wanted": wanted, "changed_at": timezone.now()},
    )


def wants(user: Any, *, target: models.Model | None, owned: bool, tenant: str = "") -> bool | None:
    """Read one wish: what was said in the tenant, else what was said in none."""
    wishes = Subscription.objects.filter(
        user=user, tenant__in={"", tenant or tenant_of_now()}, **_scope(target, owned)
    )
    return wishes.order_by("-tenant").values_list("wanted", flat=True).first()


def stop(user: Any, *, tenant: str) -> None:
    """He wants no more of such mail, by the link in one of this tenant's.

    Where the host does not say whose a page is, his wishes are of no tenant and hold in all.
    """
    known = tenant if get_settings().TENANT else ""
    Subscription.objects.update_or_create(
        user=user,
        tenant=known,
        **_scope(None, owned=False),
        defaults={"wanted": False, "changed_at": timezone.now()},
    )


def _scope(target: models.Model | None, owned: bool) -> dict[str, Any]:
    if target is not None:
        kind, key = target_key(target)
        return {"scope": Subscription.Scope.RECORD, "target_type": kind, "target_id": key}
    scope = Subscription.Scope.OWNED if owned else Subscription.Scope.EVERYTHING
    return {"scope": scope, "target_type": None, "target_id": ""}
