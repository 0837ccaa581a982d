"""Climb the ladder for locked chains: warn who is next, reach the recipient by another way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from crm_notify.channels.base import MAIL
from crm_notify.conf import get_settings
from crm_notify.models import Activity, Alert, Notification
from crm_notify.queue import wake
from crm_notify.rules.cause import cause_of
from crm_notify.rules.evidence import Blame, Evidence
from crm_notify.rules.ladder import Act, Decision, Role, Situation, decide, paused_until
from crm_notify.rules.outcome import Outcome
from crm_notify.steps.person import person
from crm_notify.steps.presence import Presence, Way, presences_of


@dataclass(kw_only=True)
class Standing:
    """One chain that stands in front of people: its notifications and its alerts.

    ``alerts`` are those that are open; ``handed`` are the keys of those who handed theirs over.
    """

    head: int
    members: Sequence[Notification]
    alerts: list[Alert] = field(default_factory=list)
    handed: set[Any] = field(default_factory=set)

    @property
    def asked(self) -> list[Alert]:
        """The alerts that somebody can see: the admins', and those of users who are active."""
        return [item for item in self.alerts if item.person is None or item.person.is_active]

    @property
    def failed(self) -> Notification:
        """What people are warned of: the mail that failed last, not a way around it."""
        failing = [item for item in self.members if Outcome(item.outcome).needs_a_person]
        mails = [item for item in failing if item.channel == MAIL]
        return max(mails or failing, key=lambda item: (item.changed_at, item.pk))

    @property
    def cause(self) -> str:
        """What this failure may have in common with others."""
        failed = self.failed
        return cause_of(
            blame=Blame(failed.blame),
            evidence=Evidence(failed.evidence),
            address=failed.address,
        )


@dataclass(frozen=True, kw_only=True)
class Climbed:
    """What was done: alerts opened, asked anew, all to be saved, and other channels' messages."""

    opened: list[Alert]
    anew: list[Alert]
    changed: list[Alert]
    fallbacks: list[Notification]


def climb(chains: Sequence[Standing], *, now: datetime) -> Climbed:
    """Do what it is time for about each of these chains, which the caller has locked.

    Every open alert has a deadline in the future afterwards. The number of queries does not depend
    on the number of chains.
    """
    people: dict[str, tuple[list[Any], list[Any]]] = {}
    for chain in chains:
        actors, recipients = people.setdefault(chain.failed.tenant, ([], []))
        actors.append(chain.failed.activity.actor)
        recipients.append(chain.failed.recipient)
    presences = presences_of(people, now=now)
    done = Climbed(opened=[], anew=[], changed=[], fallbacks=[])
    for chain in chains:
        _climb(chain, presences[chain.failed.tenant], done, now=now)
    Alert.objects.bulk_create(done.opened)
    if done.changed:
        Alert.objects.bulk_update(
            done.changed,
            [
                "notification",
                "cause",
                "opened_at",
                "counts_from",
                "due_at",
                "acknowledged_at",
                "snoozed_until",
                "reported_at",
            ],
        )
    if done.fallbacks:
        Notification.objects.bulk_create(done.fallbacks)
        wake("deliver")
    return done


def _climb(chain: Standing, presence: Presence, done: Climbed, *, now: datetime) -> None:
    again_after = get_settings().AGAIN_AFTER
    situation = _situation(chain, presence, now=now)
    paused = paused_until(situation, again_after)
    if paused is not None and paused <= now:
        # Nothing came of it: everybody is asked anew, and the clock begins anew.
        for alert in chain.alerts:
            alert.opened_at = alert.counts_from = now
            alert.acknowledged_at = alert.snoozed_until = alert.reported_at = None
        done.anew.extend(chain.asked)
        situation = _situation(chain, presence, now=now)
        paused = None
    decision = decide(
        situation,
        get_settings().ladder,
        now=now,
        again_after=again_after,
        clock=_business_time,
    )
    opened = _opened(chain, decision, presence, now=now)
    if not opened and not chain.asked:
        # Whatever the ladder says, somebody is asked.
        opened = [_alert(chain, Role.ADMINS, None, now=now)]
    for alert in chain.alerts:
        if paused is None and alert.due_at is not None and alert.due_at <= now:
            # The next digest names it again.
            alert.reported_at = None
    for alert in (*chain.alerts, *opened):
        alert.due_at = decision.due_at
    done.opened.extend(opened)
    done.changed.extend(chain.alerts)
    if Act.FALLBACK in decision.acts:
        done.fallbacks.append(_fallback(chain, _ways_left(chain, presence)[0], now=now))


def _situation(chain: Standing, presence: Presence, *, now: datetime) -> Situation:
    failed = chain.failed
    actor = failed.activity.actor
    backup = presence.backup(actor)
    asked = chain.asked
    warned = {alert.person_id for alert in asked}
    # The admins may hand it over too, but theirs is the last rung: they are asked again.
    done = {Act.ADMINS} if None in warned else set()
    warned |= chain.handed
    if actor is not None and actor.pk in warned:
        done.add(Act.ACTOR)
    if backup is not None and backup.pk in warned:
        done.add(Act.BACKUP)
    if any(item.channel != MAIL and item.outcome == Outcome.IN_FLIGHT for item in chain.members):
        done.add(Act.FALLBACK)
    return Situation(
        failed_at=min((alert.counts_from for alert in asked), default=now),
        urgent=failed.activity.urgency == Activity.Urgency.URGENT,
        done=frozenset(done),
        actor=presence.is_here(actor),
        backup=presence.is_here(backup),
        fallback=bool(_ways_left(chain, presence)),
        quiet_until=presence.quiet_until(failed.recipient),
        acknowledged_at=_latest(alert.acknowledged_at for alert in asked),
        snoozed_until=_latest(alert.snoozed_until for alert in asked),
        folded=any(item.incident and item.incident.closed_at is None for item in asked),
    )


def _latest(moments: Iterable[datetime | None]) -> datetime | None:
    return max((moment for moment in moments if moment is not None), default=None)


def _business_time(start: datetime, wait: timedelta) -> datetime:
    hours = get_settings().business_hours
    if hours is None:
        return start + wait
    if timezone.is_aware(start):
        return hours.after(start, wait)
    return timezone.make_naive(hours.after(timezone.make_aware(start), wait))


def _opened(
    chain: Standing, decision: Decision, presence: Presence, *, now: datetime
) -> list[Alert]:
    actor = chain.failed.activity.actor
    warned = {
        Act.ACTOR: (Role.ACTOR, actor),
        Act.BACKUP: (Role.BACKUP, presence.backup(actor)),
        Act.ADMINS: (Role.ADMINS, None),
    }
    return [_alert(chain, *warned[act], now=now) for act in decision.acts if act != Act.FALLBACK]


def _alert(chain: Standing, role: Role, user: Any, *, now: datetime) -> Alert:
    return Alert(
        tenant=chain.failed.tenant,
        chain_id=chain.head,
        notification=chain.failed,
        person=user,
        role=role,
        cause=chain.cause,
        opened_at=now,
        counts_from=now,
        due_at=now,
    )


def _ways_left(chain: Standing, presence: Presence) -> list[Way]:
    """What was not tried in this chain: a short message goes out at most once."""
    tried = {(item.channel, item.address) for item in chain.members}
    known = get_settings().CHANNELS
    ways = presence.ways(chain.failed.recipient)
    return [way for way in ways if way not in tried and way[0] in known]


def _fallback(chain: Standing, way: Way, *, now: datetime) -> Notification:
    failed = chain.failed
    channel, address = way
    name = person(failed.recipient)[0] if failed.recipient else failed.recipient_name
    return Notification(
        tenant=failed.tenant,
        activity=failed.activity,
        recipient=failed.recipient,
        recipient_name=name,
        address=address,
        channel=channel,
        chain_id=chain.head,
        previous=failed,
        due_at=now,
        created_at=now,
        changed_at=now,
    )
