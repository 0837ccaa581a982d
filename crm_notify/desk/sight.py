"""Who sees which rows: every row that an admin reads comes through here."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from crm_notify.steps.allow import has

Row = TypeVar("Row", bound=Model)


def visible(rows: QuerySet[Row], user: Any) -> QuerySet[Row]:
    """Those of ``rows`` that this user may see; ``rows`` is of any of our models."""
    return rows


def may_view(user: Any, model: type[Model]) -> bool:
    """Whether he may see rows of this kind at all, as Django's admin asks it."""
    name = model._meta.model_name
    return has(user, f"view_{name}") or has(user, f"change_{name}")
