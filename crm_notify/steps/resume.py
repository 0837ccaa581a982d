"""The cause of many failures is gone: close the incident, and send again what did not arrive."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from crm_notify import database
from crm_notify.channels.base import MAIL
from crm_notify.conf import get_settings
from crm_notify.exceptions import NotAllowed, RefusedInput
from crm_notify.models import Alert, Incident, Notification
from crm_notify.querysets import reread_chains
from crm_notify.queue import wake
from crm_notify.rules.outcome import Outcome
from crm_notify.steps.allow import has
from crm_notify.steps.hint import hint_about


@database.atomic()
def resume(incident: Incident, *, by: Any, again: bool = True) -> int:
    """Close it; what it folded is sent again, each once, at most RESEND_RATE a minute.

    What is too old, or is on its way already, is not sent again; its warnings stand alone from now
    on. Returns how many mails are sent again. Raises RefusedInput where it is closed already.
    """
    if not has(by, "change_incident"):
        raise NotAllowed(_("You may not close an incident."))
    now = timezone.now()
    open_ones = Incident.objects.filter(pk=incident.pk, closed_at=None)
    if not open_ones.update(closed_at=now):
        raise RefusedInput(_("This incident is closed."))
    folded = Alert.objects.filter(incident=incident, closed_at=None)
    chains = reread_chains(folded.order_by().values_list("chain_id", flat=True).distinct())
    sent = _send_again(chains, by=by) if again else []
    # The ladder is climbed from here for whatever is not told all the same.
    folded.update(incident=None, counts_from=now, due_at=now + get_settings().AGAIN_AFTER)
    hint_about(chains)
    return len(sent)


def _send_again(chains: Mapping[int, list[Notification]], *, by: Any) -> list[Notification]:
    conf = get_settings()
    now = timezone.now()
    failed = [_failed(members) for members in chains.values()]
    missed = [
        row for row in failed if row is not None and row.created_at >= now - conf.RESEND_WITHIN
    ]
    pause = timedelta(minutes=1) / conf.RESEND_RATE
    again = [
        Notification(
            activity=row.activity,
            recipient=row.recipient,
            recipient_name=row.recipient_name,
            address=row.address,
            channel=row.channel,
            chain_id=row.chain_id_or_own,
            previous=row,
            requested_by=by,
            due_at=now + place * pause,
            created_at=now,
            changed_at=now,
        )
        for place, row in enumerate(missed)
    ]
    Notification.objects.bulk_create(again)
    if again:
        wake("deliver")
    return again


def _failed(members: list[Notification]) -> Notification | None:
    """The mail that failed last in a chain of which nobody is told, and no mail is on its way.

    What went out by another channel is not sent twice, and does not stand for the mail.
    """
    mails = [item for item in members if item.channel == MAIL]
    if any(item.outcome in {Outcome.TOLD, Outcome.IN_FLIGHT} for item in mails):
        return None
    failing = [item for item in mails if Outcome(item.outcome).needs_a_person]
    return failing[-1] if failing else None
