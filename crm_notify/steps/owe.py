"""Write down what the host's sinks are owed, in the transaction that makes it news."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from crm_notify.conf import get_settings
from crm_notify.models import Alert, SinkCall
from crm_notify.queue import wake


def owe(alerts: Iterable[Alert]) -> None:
    """Each sink is to be called with each of these, which were opened, renewed or closed.

    One query, however many there are, and none without sinks.
    """
    now = timezone.now()
    # In one order, and each once: PostgreSQL writes no row twice in one statement.
    tenants = {alert.pk: alert.tenant for alert in alerts}
    calls = [
        SinkCall(tenant=tenants[pk], alert_id=pk, sink=sink, due_at=now)
        for pk in sorted(tenants)
        for sink in dict.fromkeys(get_settings().SINKS)
    ]
    if not calls:
        return
    SinkCall.objects.bulk_create(
        calls,
        update_conflicts=True,
        unique_fields=["alert", "sink"],
        # Whoever is just calling it with what was before sees by the time that there is more.
        update_fields=["due_at", "tries"],
    )
    wake("ring")


def owe_again(sink: str) -> None:
    """A sink that has failed for too long is mended: call it with all that it did not take."""
    given_up = SinkCall.objects.filter(sink=sink, due_at=None)
    if given_up.update(due_at=timezone.now(), tries=0):
        wake("ring")
