"""What a host says of its tenants, on good days and bad ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import Permission
from django.db import connection

from crm_notify.models import Activity, Notification

Bounce = Callable[..., None]


def north() -> str:
    return "north"


def nobodys() -> str:
    return ""


def number() -> Any:
    return 7


def too_long() -> str:
    return "x" * 101


def broken() -> str:
    """Its query would spoil the transaction it runs in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")
    return ""


def by_username(user: Any) -> Any:
    """Bob's tenants are two, Alice sees all, each other sees what he is called."""
    return {"alice": None, "bob": ("north", "south", "")}.get(user.username, user.username)


def by_telephone(user: Any) -> Any:
    return [("sms", "1")]


def known(user: Any) -> list[str]:
    return ["johm@example.com"]


def mail_of(activity: Activity) -> Notification:
    return activity.notifications.get()


def may(user: Any, *names: str) -> Any:
    user.user_permissions.add(*Permission.objects.filter(codename__in=names))
    return type(user).objects.get(pk=user.pk)
