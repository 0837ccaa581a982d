"""Fold troubles of one cause into one thing for the admins."""

from __future__ import annotations

import logging
from typing import Any

from django.db import IntegrityError
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Concat
from django.utils import timezone

from crm_notify import database
from crm_notify.models import Incident
from crm_notify.rules.text import masked, printable
from crm_notify.scope import scope
from crm_notify.steps.person import person

logger = logging.getLogger(__name__)


def note_incident(
    kind: Incident.Kind,
    *,
    subject: str = "",
    tenant: str = "",
    sample: str = "",
    count: int = 1,
    more: int | None = None,
) -> None:
    """Count ``count`` more troubles of this cause, opening the incident where none is open.

    Where one is open already only ``more`` are counted, if that is given: the others were.

    It never waits for others that count on the same incident, perhaps in a host's long
    transaction: what they hold is not counted, so the count is a lower bound.
    """
    # One of nobody's is opened in a tenant's page too, where only its own rows may be written; and
    # what ails the scope of one tenant must not keep the trouble from the admins.
    with scope(None):
        _note(kind, subject=subject, tenant=tenant, sample=sample, count=count, more=more)


def _note(
    kind: Incident.Kind, *, subject: str, tenant: str, sample: str, count: int, more: int | None
) -> None:
    now = timezone.now()
    subject, sample = printable(subject, 200), printable(sample, 4000)
    logger.error("crm_notify incident %s (%s): %s", kind, masked(subject), masked(sample))
    same = Incident.objects.filter(kind=kind, subject=subject, tenant=tenant, closed_at=None)
    more = count if more is None else more
    if _count(same, count=more):
        return
    try:
        with database.atomic():
            Incident.objects.create(
                kind=kind,
                subject=subject,
                tenant=tenant,
                sample=sample,
                count=count,
                first_at=now,
                last_at=now,
            )
    except IntegrityError:
        # Another process opened it between our two statements.
        _count(same, count=more)


@database.atomic()
def _count(standing: QuerySet[Incident], *, count: int) -> bool:
    """Whether such an incident stands open; counted on it unless somebody else does just now."""
    free = standing.select_for_update(skip_locked=True).values_list("pk", flat=True).first()
    if free is None:
        return standing.exists()
    Incident.objects.filter(pk=free).update(count=F("count") + count, last_at=timezone.now())
    return True


def sign_off(incident: int, *, by: Any, said: str) -> None:
    """Keep beside the sample who closed it, and what he says was done about it."""
    line = f"\n{person(by)[0]}: {printable(said, 500)}"
    Incident.objects.filter(pk=incident).update(sample=Concat(F("sample"), Value(line)))


def close_incident(kind: Incident.Kind, *, subject: str = "", tenant: str = "") -> None:
    """The cause is gone."""
    same = Incident.objects.filter(kind=kind, subject=subject, tenant=tenant, closed_at=None)
    same.update(closed_at=timezone.now())
