"""The bells of a host in these tests: one that works, and some that do not."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

from crm_notify import api
from crm_notify.channels.base import is_in_transaction
from crm_notify.models import Alert, Notification
from tests.crm.models import Customer

WORKS = "tests.steps.bells.ring"
BROKEN = "tests.steps.bells.broken"
KEEPS = "tests.steps.bells.keep"

#: What stands there for Janet.
FAILED = ("janet", "John was not told", True)
#: What rang: whom, what stood there, and whether it still stands.
rung: list[tuple[str, str, bool]] = []


def ring(alert: Alert) -> None:
    assert not is_in_transaction(connection)
    told = api.describe(alert)
    rung.append((str(alert.person or "admins"), told.headline, told.standing))


def broken(alert: Alert) -> None:
    raise OSError(f"no bell for {alert.person}")


def keep(alert: Alert) -> None:
    """Write to a table of the host's own, in a transaction of its own."""
    with transaction.atomic():
        Customer.objects.update_or_create(
            name=f"bell {alert.pk}", defaults={"owner": alert.person if not alert.closed else None}
        )


def tell(notification: Notification) -> None:
    """The recipient knows: the bell may go out."""
    api.state_told(notification, by=notification.activity.actor, how="I phoned him.")


def slowly(then: Any) -> Any:
    """A bell during whose ringing something else happens, once."""
    waiting = [then]

    def sink(alert: Alert) -> None:
        ring(alert)
        if waiting:
            waiting.pop()()

    return sink
