"""Fold troubles of one cause into one thing for the admins."""

from __future__ import annotations

import logging

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from crm_notify.models import Incident
from crm_notify.rules.text import printable

logger = logging.getLogger(__name__)


def note_incident(
    kind: Incident.Kind, *, subject: str = "", sample: str = "", count: int = 1
) -> None:
    """Count ``count`` more troubles of this cause, opening the incident where none is open."""
    now = timezone.now()
    logger.error("crm_notify incident %s (%s): %s", kind, subject, sample)
    if _count(kind, subject, count=count):
        return
    try:
        with transaction.atomic():
            Incident.objects.create(
                kind=kind,
                subject=subject,
                sample=printable(sample, 4000),
                count=count,
                first_at=now,
                last_at=now,
            )
    except IntegrityError:
        # Another process opened it between our two statements.
        _count(kind, subject, count=count)


def _count(kind: Incident.Kind, subject: str, *, count: int) -> int:
    return Incident.objects.filter(kind=kind, subject=subject, closed_at=None).update(
        count=F("count") + count, last_at=timezone.now()
    )


def close_incident(kind: Incident.Kind, *, subject: str = "") -> None:
    """The cause is gone."""
    Incident.objects.filter(kind=kind, subject=subject, closed_at=None).update(
        closed_at=timezone.now()
    )
