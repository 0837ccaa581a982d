"""Tell the admins by mail, now and then, what stands before them: the last rung of the ladder."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings as django_settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from crm_notify.channels.email import EmailChannel
from crm_notify.channels.email.digest import Digest, write_digest
from crm_notify.channels.email.route import checked_route
from crm_notify.conf import Settings, get_settings
from crm_notify.exceptions import SettingsError
from crm_notify.models import Alert, Attempt, Incident, Installation
from crm_notify.querysets import folded
from crm_notify.rules.text import printable
from crm_notify.senders import owner
from crm_notify.steps.hold import may_send
from crm_notify.steps.incident import note_incident

logger = logging.getLogger(__name__)

#: How many of each one mail names; the pages of the admin have them all.
LONGEST = 50
#: How long whoever sends it may take before another does.
LEASE = timedelta(minutes=5)
#: After a mailer that failed.
PAUSE = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class Audience:
    """Whose news one digest tells: one tenant's, or what is in nobody else's.

    ``tenants`` are None where no tenant has a digest of his own: then it is everybody's.
    """

    tenant: str
    to: Sequence[str]
    tenants: frozenset[str] | None


def report(now: datetime) -> None:
    """Send the digests that have news, if none went out too lately.

    To be called with no transaction open. What one names is marked only once somebody was sent it;
    a mailer that fails is an incident, and is tried again later. All have one rhythm: whoever has
    news when it is time gets his, and nobody gets two within DIGEST_EVERY. Raises what one has
    raised after all the others were sent.
    """
    conf = get_settings()
    waiting = _audiences(conf, now)
    if not (waiting and may_send() and _claim(now)):
        return
    sent, failure = False, None
    for place, audience in enumerate(waiting):
        if place:
            # Each may take its time, and nobody else is to begin with the same.
            _next(timezone.now() + LEASE)
        try:
            sent |= _report(audience, number=int(now.timestamp() * 1000) + place, now=now)
        except Exception as error:
            # It stops no other; that it failed is said when all have had theirs.
            failure = error
            logger.exception("crm_notify: the digest of tenant %r failed", audience.tenant)
    _next(now + (conf.DIGEST_EVERY if sent else min(PAUSE, conf.DIGEST_EVERY)))
    if failure is not None:
        raise failure


def _report(audience: Audience, *, number: int, now: datetime) -> bool:
    """Send one digest; returns whether anybody was sent it."""
    unreported, incidents = _unreported(now, audience), _open_incidents(audience)
    counted = list(unreported.values_list("pk", flat=True))
    digest = Digest(
        number=number,
        alerts=list(unreported.filter(pk__in=counted[:LONGEST])),
        count=len(counted),
        incidents=list(incidents[:LONGEST]),
    )
    if not _send(digest, audience):
        return False
    # Who was asked anew meanwhile comes in the next one.
    unreported.filter(pk__in=counted).order_by().update(reported_at=now)
    named = [incident.pk for incident in digest.incidents]
    Incident.objects.filter(pk__in=named).update(reported_at=now)
    return True


def digest_addresses(conf: Settings) -> list[str]:
    """To whom it goes: DIGEST_TO, else Django's ADMINS, of which each is an address or a pair."""
    admins = django_settings.ADMINS
    return list(conf.DIGEST_TO) or [one if isinstance(one, str) else one[1] for one in admins]


def _audiences(conf: Settings, now: datetime) -> list[Audience]:
    """The digests that have news and somebody to go to: ours, and those of tenants.

    The number of queries does not depend on the number of tenants.
    """
    ours = Audience(tenant="", to=digest_addresses(conf), tenants=None)
    alerts, standing = _unreported(now, ours), _open_incidents(ours)
    news = standing.filter(_not_lately(now, conf))
    if not conf.TENANT_SETTINGS:
        return [ours] if ours.to and (alerts.exists() or news.exists()) else []
    waiting = _tenants(alerts) | _tenants(news)
    tenants = waiting | _tenants(standing)
    own = {tenant: to for tenant in sorted(tenants) if (to := _own_addresses(tenant))}
    audiences = [
        Audience(tenant=tenant, to=to, tenants=frozenset([tenant]))
        for tenant, to in own.items()
        if tenant in waiting
    ]
    if ours.to and waiting.difference(own):
        # By name: what comes in meanwhile of a tenant with a digest of his own is in no other.
        audiences.insert(0, replace(ours, tenants=frozenset(tenants.difference(own))))
    return audiences


def _tenants(rows: QuerySet[Alert] | QuerySet[Incident]) -> set[str]:
    return set(rows.order_by().values_list("tenant", flat=True).distinct())


def _own_addresses(tenant: str) -> Sequence[str]:
    """To whom a tenant's own digest goes.

    To nobody where his settings are wrong: somebody must hear of it.
    """
    if not owner(tenant, "DIGEST_TO"):
        return ()
    try:
        return checked_route(tenant).conf.DIGEST_TO
    except SettingsError:
        return ()


def _unreported(now: datetime, audience: Audience) -> QuerySet[Alert]:
    """The admins' alerts that no digest named yet; of those folded their incident speaks."""
    rows = Alert.objects.filter(
        ~folded(), person=None, closed_at=None, reported_at=None, opened_at__lte=now
    )
    if audience.tenants is not None:
        rows = rows.filter(tenant__in=audience.tenants)
    return rows.select_related("chain", "notification__activity").order_by("opened_at", "pk")


def _open_incidents(audience: Audience) -> QuerySet[Incident]:
    """All but the digest's own trouble: it stands on the screen, and is never mailed."""
    rows = Incident.objects.filter(closed_at=None).exclude(kind=Incident.Kind.DIGEST)
    if audience.tenants is not None:
        rows = rows.filter(tenant__in=audience.tenants)
    return rows.order_by("-last_at", "-pk")


def _not_lately(now: datetime, conf: Settings) -> Q:
    return Q(reported_at=None) | Q(reported_at__lte=now - conf.AGAIN_AFTER)


def _claim(now: datetime) -> bool:
    """Whether it is time, and nobody else is at it."""
    free = Q(digest_due_at=None) | Q(digest_due_at__lte=now)
    return bool(Installation.objects.filter(free).update(digest_due_at=now + LEASE))


def _next(when: datetime) -> None:
    Installation.objects.update(digest_due_at=when)


def _send(digest: Digest, audience: Audience) -> bool:
    """Send one mail to each; returns whether any of them was taken."""
    taken = False
    with EmailChannel().open() as speaker:
        for address in audience.to:
            write = partial(write_digest, digest, to=address)
            answer = speaker.say(write, about="the digest", tenant=audience.tenant)
            if answer.result == Attempt.Result.ACCEPTED:
                taken = True
            else:
                sample = printable(f"{address}: {answer.result} {answer.text}", 1000)
                note_incident(
                    Incident.Kind.DIGEST, subject=address, tenant=audience.tenant, sample=sample
                )
    return taken
