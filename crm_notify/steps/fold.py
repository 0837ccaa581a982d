"""Many failures of one cause become one incident; nobody's share of it is hidden from him."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count

from crm_notify.conf import get_settings
from crm_notify.models import Activity, Alert, Incident
from crm_notify.steps.hint import hint
from crm_notify.steps.incident import note_incident

FAILURES = Incident.Kind.FAILURES


def fold(opened: Sequence[Alert], *, now: datetime) -> None:
    """Fold these new alerts, and those that stand open of the same cause, where they are many.

    What is urgent stands alone. While the incident is open whatever fails for its cause joins it.
    The number of queries depends on the number of causes only.
    """
    new = Counter(_cause(alert) for alert in opened if alert.cause)
    if not new:
        return
    conf = get_settings()
    of_cause = Alert.objects.filter(closed_at=None, cause__in={cause for _, cause in new})
    many = of_cause.filter(opened_at__gte=now - conf.FOLD_WITHIN).order_by()
    counts = {
        (tenant, cause): count
        for tenant, cause, count in many.values_list(
            "notification__activity__tenant", "cause"
        ).annotate(count=Count("chain", distinct=True))
    }
    standing = set(
        Incident.objects.filter(
            kind=FAILURES, closed_at=None, subject__in={cause for _, cause in new}
        ).values_list("tenant", "subject")
    )
    # In one order for everybody, since each incident is a row that others count on too.
    for tenant, cause in sorted(new):
        known = (tenant, cause) in standing
        if known or counts.get((tenant, cause), 0) > conf.FOLD_ABOVE:
            _fold(tenant, cause, count=new[tenant, cause] if known else counts[tenant, cause])


def _cause(alert: Alert) -> tuple[str, str]:
    return alert.notification.activity.tenant, alert.cause


def _fold(tenant: str, cause: str, *, count: int) -> None:
    loose = Alert.objects.filter(
        closed_at=None,
        incident=None,
        cause=cause,
        notification__activity__tenant=tenant,
        notification__activity__urgency=Activity.Urgency.NORMAL,
    )
    first = loose.select_related("notification").order_by("pk").first()
    sample = f"{first.notification} <{first.notification.address}>" if first else ""
    note_incident(FAILURES, subject=cause, tenant=tenant, sample=sample, count=count)
    incident = Incident.objects.filter(
        kind=FAILURES, subject=cause, tenant=tenant, closed_at=None
    ).first()
    if incident is not None:
        folded = dict(loose.values_list("pk", "person"))
        Alert.objects.filter(pk__in=folded).update(incident=incident)
        hint(folded.values())
