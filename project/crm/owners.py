"""Whom crm_notify takes for the owners of a record: the setting CRM_NOTIFY["OWNERS"]."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db.models import Model

from project.crm.models import Customer


def owners(target: Model) -> Iterable[User]:
    """Return the people who look after `target`; nobody where it is no customer."""
    if isinstance(target, Customer) and target.owner:
        return [target.owner]
    return []
