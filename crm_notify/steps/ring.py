"""Ring the host's own bells: call each sink with each alert that it has not heard of."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db.models import F, QuerySet
from django.utils import timezone, translation

from crm_notify.channels.base import refuse_in_transaction
from crm_notify.channels.wording import language_for
from crm_notify.conf import Settings, get_settings
from crm_notify.models import Incident, SinkCall
from crm_notify.rules.retry import pause
from crm_notify.rules.text import printable, said
from crm_notify.scope import over_all_tenants, scope
from crm_notify.steps.incident import note_incident

logger = logging.getLogger(__name__)

#: How many are read at once.
LIMIT = 100
#: How long a sink may take before somebody else calls it.
LEASE = timedelta(minutes=5)


def ring() -> int:
    """Call until nothing is due, with no transaction open; return how many calls were made.

    What a sink raises is in the log, and it is called again after RETRY_PAUSES; after the last one
    the admins have an incident. One read a hundred, and two writes for each call, committed at
    once.
    """
    refuse_in_transaction()
    conf = get_settings()
    made = 0
    while conf.SINKS and (batch := _due(conf)):
        taken = sum(_take(owed, conf) for owed in batch)
        made += taken
        if not taken:
            # Others are at it.
            break
    return made


@over_all_tenants
def _due(conf: Settings) -> list[SinkCall]:
    """The next ones, each with all that a bell may want to show."""
    due = SinkCall.objects.filter(due_at__lte=timezone.now(), sink__in=conf.SINKS)
    alert = ("person", "incident", "chain", "notification__recipient")
    related = [f"alert__{name}" for name in (*alert, "notification__activity__actor")]
    return list(due.select_related(*related).order_by("due_at", "pk")[:LIMIT])


@over_all_tenants
def _take(owed: SinkCall, conf: Settings) -> bool:
    """Call the sink, unless somebody else does or the alert has changed since it was read."""
    lease = timezone.now() + LEASE
    as_read = SinkCall.objects.filter(pk=owed.pk, due_at=owed.due_at)
    if not as_read.update(due_at=lease, tries=F("tries") + 1):
        return False
    # Until somebody owes it again.
    mine = SinkCall.objects.filter(pk=owed.pk, due_at=lease)
    if owed.tries > len(conf.RETRY_PAUSES):
        _give_up(owed, mine, "Whoever called it died.")
        return True
    try:
        with scope(owed.tenant), translation.override(language_for(owed.alert.person, conf)):
            conf.sink(owed.sink)(owed.alert)
    except Exception as error:
        logger.exception("crm_notify: the sink %s failed for alert %s", owed.sink, owed.alert_id)
        wait = pause(owed.tries + 1, conf.RETRY_PAUSES)
        if wait is None:
            _give_up(owed, mine, said(error))
        else:
            mine.update(due_at=timezone.now() + wait)
    else:
        mine.delete()
    return True


def _give_up(owed: SinkCall, mine: QuerySet[SinkCall], reason: str) -> None:
    """The alert stands as before; the admins hear that a bell of theirs is silent."""
    if mine.update(due_at=None):
        sample = printable(f"alert {owed.alert_id}: {reason}", 1000)
        note_incident(Incident.Kind.SINK, subject=owed.sink, sample=sample)
