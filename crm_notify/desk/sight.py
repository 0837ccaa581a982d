"""Who sees which rows: every row that an admin reads comes through here."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from crm_notify.models.tenant import OfTenant
from crm_notify.steps.allow import has, tenants_of

Row = TypeVar("Row", bound=Model)


def visible(rows: QuerySet[Row], user: Any) -> QuerySet[Row]:
    """Those of ``rows`` that this user may see; ``rows`` is of any of our models.

    What belongs to no tenant, such as the installation, is for those who see all.
    """
    his = tenants_of(user)
    if his is None:
        return rows
    return rows.filter(tenant__in=his) if issubclass(rows.model, OfTenant) else rows.none()


def may_view(user: Any, model: type[Model]) -> bool:
    """Whether he may see rows of this kind at all, as Django's admin asks it."""
    if not issubclass(model, OfTenant) and tenants_of(user) is not None:
        return False
    name = model._meta.model_name
    return has(user, f"view_{name}") or has(user, f"change_{name}")
