"""Tell the admins by mail, now and then, what stands before them: the last rung of the ladder."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings as django_settings
from django.db.models import Q, QuerySet

from crm_notify.channels.email import EmailChannel
from crm_notify.channels.email.digest import Digest, write_digest
from crm_notify.conf import Settings, get_settings
from crm_notify.models import Alert, Attempt, Incident, Installation
from crm_notify.querysets import folded
from crm_notify.rules.text import printable
from crm_notify.steps.hold import may_send
from crm_notify.steps.incident import note_incident

logger = logging.getLogger(__name__)

#: How many of each one mail names; the pages of the admin have them all.
LONGEST = 50
#: How long whoever sends it may take before another does.
LEASE = timedelta(minutes=5)
#: After a mailer that failed.
PAUSE = timedelta(minutes=15)


def report(now: datetime) -> None:
    """Send the digest if there is news for it, and none went out too lately.

    To be called with no transaction open. What it names is marked only once somebody was sent it;
    a mailer that fails is an incident, and is tried again later.
    """
    conf = get_settings()
    to = digest_addresses(conf)
    unreported, incidents = _unreported(now), _open_incidents()
    news = unreported.exists() or incidents.filter(_not_lately(now, conf)).exists()
    if not (to and news and may_send() and _claim(now)):
        return
    counted = list(unreported.values_list("pk", flat=True))
    digest = Digest(
        number=int(now.timestamp()),
        alerts=list(unreported.filter(pk__in=counted[:LONGEST])),
        count=len(counted),
        incidents=list(incidents[:LONGEST]),
    )
    if _send(digest, to):
        # Who was asked anew meanwhile comes in the next one.
        unreported.filter(pk__in=counted).order_by().update(reported_at=now)
        named = [incident.pk for incident in digest.incidents]
        Incident.objects.filter(pk__in=named).update(reported_at=now)
        _next(now + conf.DIGEST_EVERY)
    else:
        _next(now + min(PAUSE, conf.DIGEST_EVERY))


def digest_addresses(conf: Settings) -> list[str]:
    """To whom it goes: DIGEST_TO, else Django's ADMINS, of which each is an address or a pair."""
    admins = django_settings.ADMINS
    return list(conf.DIGEST_TO) or [one if isinstance(one, str) else one[1] for one in admins]


def _unreported(now: datetime) -> QuerySet[Alert]:
    """The admins' alerts that no digest named yet; of those folded their incident speaks."""
    rows = Alert.objects.filter(
        ~folded(), person=None, closed_at=None, reported_at=None, opened_at__lte=now
    )
    return rows.select_related("chain", "notification__activity").order_by("opened_at", "pk")


def _open_incidents() -> QuerySet[Incident]:
    """All but the digest's own trouble: it stands on the screen, and is never mailed."""
    rows = Incident.objects.filter(closed_at=None).exclude(kind=Incident.Kind.DIGEST)
    return rows.order_by("-last_at", "-pk")


def _not_lately(now: datetime, conf: Settings) -> Q:
    return Q(reported_at=None) | Q(reported_at__lte=now - conf.AGAIN_AFTER)


def _claim(now: datetime) -> bool:
    """Whether it is time, and nobody else is at it."""
    free = Q(digest_due_at=None) | Q(digest_due_at__lte=now)
    return bool(Installation.objects.filter(free).update(digest_due_at=now + LEASE))


def _next(when: datetime) -> None:
    Installation.objects.update(digest_due_at=when)


def _send(digest: Digest, to: Sequence[str]) -> bool:
    """Send one mail to each; returns whether any of them was taken."""
    taken = False
    with EmailChannel().open() as speaker:
        for address in to:
            answer = speaker.say(partial(write_digest, digest, to=address), about="the digest")
            if answer.result == Attempt.Result.ACCEPTED:
                taken = True
            else:
                sample = printable(f"{address}: {answer.result} {answer.text}", 1000)
                note_incident(Incident.Kind.DIGEST, subject=address, sample=sample)
    return taken
