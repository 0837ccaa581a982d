"""Open a warning where somebody was not told, and close it when he was."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db.models import Q

from crm_notify import database
from crm_notify.models import Alert, Notification
from crm_notify.querysets import lock_chains
from crm_notify.rules.ladder import Role
from crm_notify.rules.outcome import Outcome
from crm_notify.signals import alert_closed, alert_opened, escalated
from crm_notify.steps.climb import Standing, climb
from crm_notify.steps.fold import fold
from crm_notify.steps.hint import hint


def raise_or_close(
    chains: Mapping[int, Sequence[Notification]], *, turned: Collection[int], now: datetime
) -> None:
    """Bring the alerts of these locked chains in line with their notifications' outcomes.

    Where somebody was not told, the ladder is climbed as far as it is time for: at once the acting
    user is warned, or whoever stands in for him. A later failure in a chain, and the certainty that
    what was not confirmed has failed, is news: whoever has acknowledged what he knew before is
    asked again. ``turned`` are those whose outcome has just changed.
    """
    failing: list[Standing] = []
    renewed: list[Alert] = []
    closed: list[Alert] = []
    standing = _standing(chains)
    fresh: set[int] = set()
    for chain in standing:
        if any(Outcome(item.outcome).needs_a_person for item in chain.members):
            stale = _renew(chain, turned=turned, now=now)
            renewed += stale
            failing.append(chain)
            if stale or not chain.alerts:
                fresh.add(chain.head)
        else:
            closed += _close(chain.alerts, chain.members, now=now)
    climbed = climb(failing, now=now)
    if closed:
        Alert.objects.bulk_update(closed, ["closed_at", "closed"])
    # Whom a failure is handed on to is no further failure.
    new = [item for item in (*climbed.opened, *renewed) if item.chain_id in fresh]
    fold(new, now=now)
    # Whatever was settled, those who look at a warning about it see it in other words.
    looking = [alert for chain in standing for alert in chain.alerts]
    hint(alert.person_id for alert in (*looking, *climbed.opened))
    again = [item for item in climbed.anew if item not in renewed]
    _signal(climbed.opened, [*renewed, *again], closed)


@database.atomic()
def look_again(chains: Collection[int], *, now: datetime) -> None:
    """Climb further with these chains, whose deadline has passed."""
    members: dict[int, list[Notification]] = {}
    # Under the lock that settle takes: what it closes meanwhile goes no further.
    for row in lock_chains(chains):
        members.setdefault(row.chain_id_or_own, []).append(row)
    raise_or_close(members, turned=(), now=now)


def _standing(chains: Mapping[int, Sequence[Notification]]) -> list[Standing]:
    standing = {head: Standing(head=head, members=members) for head, members in chains.items()}
    told_of = Q(closed_at=None) | Q(closed=Alert.Closed.HANDED)
    alerts = (
        Alert.objects.filter(told_of, chain__in=chains)
        .select_related("person", "incident")
        # Whoever acknowledges just now is not overwritten.
        .select_for_update(of=("self",), no_key=True)
    )
    for alert in alerts.order_by("pk"):
        if alert.closed_at is None:
            standing[alert.chain_id].alerts.append(alert)
        else:
            standing[alert.chain_id].handed.add(alert.person_id)
    for chain in standing.values():
        if not chain.alerts:
            # What was handed over then is over; a new failure is asked of all.
            chain.handed.clear()
    return list(standing.values())


def _renew(chain: Standing, *, turned: Collection[int], now: datetime) -> list[Alert]:
    """Tell those of the latest failure of this chain who were warned of an earlier one."""
    failed = chain.failed
    stale = [
        alert for alert in chain.alerts if failed.pk in turned or alert.notification_id != failed.pk
    ]
    for alert in stale:
        alert.notification, alert.opened_at, alert.cause = failed, now, chain.cause
        alert.reported_at = None
        if alert.acknowledged_at or alert.snoozed_until:
            alert.acknowledged_at = alert.snoozed_until = None
            # Who has not looked at the first failure has no more time because of the second.
            alert.counts_from = now
    return stale


def _close(alerts: list[Alert], members: Sequence[Notification], *, now: datetime) -> list[Alert]:
    was_told = any(item.outcome == Outcome.TOLD for item in members)
    for alert in alerts:
        alert.closed_at = now
        alert.closed = Alert.Closed.TOLD if was_told else Alert.Closed.BY_ADMIN
    return alerts


def _signal(opened: list[Alert], renewed: list[Alert], closed: list[Alert]) -> None:
    if not opened and not renewed and not closed:
        return

    def send_alert_signals() -> None:
        for alert in (*opened, *renewed):
            alert_opened.send_robust(sender=Alert, alert=alert)
        for alert in opened:
            if alert.role != Role.ACTOR:
                escalated.send_robust(sender=Alert, alert=alert)
        for alert in closed:
            alert_closed.send_robust(sender=Alert, alert=alert)

    database.on_commit(send_alert_signals)
