"""What explains each notification of a list, and in front of whom it stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from crm_notify.models import Alert
from crm_notify.querysets import reasons
from crm_notify.steps.person import person


def explain(rows: Sequence[Any]) -> None:
    """Write it on each row; three queries, however many there are."""
    why = reasons(rows)
    whom = in_front_of({row.chain_id_or_own for row in rows})
    for row in rows:
        row.explanation = why.get(row.pk)
        row.whom = whom.get(row.chain_id_or_own, [])


def in_front_of(chains: set[int]) -> dict[int, list[str]]:
    """For each chain the people on whose screens its warning stands."""
    found: dict[int, list[str]] = defaultdict(list)
    alerts = Alert.objects.filter(chain__in=chains, closed_at=None).select_related("person")
    for alert in alerts.order_by("pk"):
        name = person(alert.person)[0] if alert.person is not None else _("the admins")
        if alert.acknowledged_at is not None:
            name = _("%s (has seen it)") % name
        found[alert.chain_id].append(name)
    return found
