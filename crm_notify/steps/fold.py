"""Many failures of one cause become one incident; nobody's share of it is hidden from him."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, Exists, OuterRef

from crm_notify.conf import get_settings
from crm_notify.models import Activity, Alert, Incident
from crm_notify.steps.hint import hint
from crm_notify.steps.incident import note_incident

FAILURES = Incident.Kind.FAILURES


def fold(failed: Sequence[Alert], *, now: datetime) -> None:
    """Fold the alerts of these failures, and those open of the same cause, where they are many.

    What is urgent stands alone. While the incident is open whatever fails for its cause joins it.
    The number of queries depends on the number of causes only.
    """
    # A failure of which two people are warned is one.
    heads = {alert.chain_id: alert for alert in failed if alert.cause}
    new = Counter(_cause(alert) for alert in heads.values())
    if not new:
        return
    conf = get_settings()
    of_cause = Alert.objects.filter(closed_at=None, cause__in={cause for _, cause in new})
    many = of_cause.filter(opened_at__gte=now - conf.FOLD_WITHIN).order_by()
    counts = {
        (tenant, cause): count
        for tenant, cause, count in many.values_list("tenant", "cause").annotate(
            count=Count("chain", distinct=True)
        )
    }
    standing = set(
        Incident.objects.filter(
            kind=FAILURES, closed_at=None, subject__in={cause for _, cause in new}
        ).values_list("tenant", "subject")
    )
    # In one order for everybody, since each incident is a row that others count on too.
    for tenant, cause in sorted(new):
        known = (tenant, cause) in standing
        count, more = counts[tenant, cause], new[tenant, cause]
        if known or count > conf.FOLD_ABOVE:
            incident, folded = _fold(tenant, cause, count=count, more=more)
            for alert in failed:
                # Whoever hears of the alert after commit is to see that it is folded.
                if alert.pk in folded:
                    alert.incident = incident


def _cause(alert: Alert) -> tuple[str, str]:
    return alert.tenant, alert.cause


def _fold(tenant: str, cause: str, *, count: int, more: int) -> tuple[Incident | None, set[int]]:
    """Count them and fold what is loose; returns into what, and the ids of the alerts."""
    of_cause = Alert.objects.filter(
        ~Exists(Incident.objects.filter(pk=OuterRef("incident"), closed_at=None)),
        closed_at=None,
        cause=cause,
        tenant=tenant,
        notification__activity__urgency=Activity.Urgency.NORMAL,
    )
    # Others may hold an alert just now, and wait for one of ours; it joins with the next failure.
    free = of_cause.select_for_update(of=("self",), skip_locked=True, no_key=True).order_by("pk")
    loose = list(free.select_related("notification"))
    sample = f"{loose[0].notification} <{loose[0].notification.address}>" if loose else ""
    note_incident(FAILURES, subject=cause, tenant=tenant, sample=sample, count=count, more=more)
    incident = Incident.objects.filter(
        kind=FAILURES, subject=cause, tenant=tenant, closed_at=None
    ).first()
    # Somebody may have closed it just now.
    folded = {alert.pk for alert in loose} if incident is not None else set()
    Alert.objects.filter(pk__in=folded).update(incident=incident)
    if folded:
        hint(alert.person_id for alert in loose)
    return incident, folded
