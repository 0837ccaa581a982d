"""Addresses that are dead by strong evidence: nothing goes there until somebody lifts that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_notify.channels.base import MAIL
from crm_notify.exceptions import NotAllowed, RefusedInput
from crm_notify.models import Attempt, Event, Notification, Suppression
from crm_notify.rules.evidence import Blame, Evidence
from crm_notify.rules.text import one_line, printable
from crm_notify.steps.allow import has
from crm_notify.steps.person import person
from crm_notify.steps.story import Story
from crm_notify.steps.whose import tenant_of_now

Matched = Event.Matched
#: A tenant, a channel's name and a case-folded address there: the same one may be dead by mail
#: only, and no tenant learns of another's bounces.
Place = tuple[str, str, str]
#: Since when somebody wants messages to go there, None where nobody said.
Known = Mapping[Place, datetime | None]

#: By these rungs a provider's own webhook names the mail; a token alone, in an address or in what a
#: notice returns, is known to whoever got the mail.
_SURE = frozenset({Matched.METADATA, Matched.TAG, Matched.MESSAGE_ID})


def place(tenant: str, channel: str, address: str) -> Place:
    """How an address of a channel is compared."""
    return tenant, channel, address.casefold()


def suppressed(places: Iterable[Place]) -> dict[Place, Suppression]:
    """To which of these nothing goes now. One query."""
    wanted = set(places)
    rows = Suppression.objects.filter(address__in={one[2] for one in wanted}, lifted_at=None)
    return {_place(row): row for row in rows if _place(row) in wanted}


def suppress(stories: Iterable[Story], *, now: datetime) -> None:
    """Suppress the addresses that these stories prove to be dead.

    A provider's bounce proves it, and so does the refusal of a mail server that we spoke to; two
    bounce mails about two notifications must agree. What was known when a suppression was lifted
    proves nothing any more. At most three queries.
    """
    dead = [story for story in stories if story.notification.blame == Blame.ADDRESS]
    known = _known({_place(story.notification) for story in dead if story.notification.address})
    sure: dict[Place, Suppression] = {}
    doubtful: dict[Place, Suppression] = {}
    for story in dead:
        there = _place(story.notification)
        if there not in known:
            continue
        for event in story.events:
            if _speaks_against(event, there, known):
                found = sure if event.matched in _SURE else doubtful
                found.setdefault(there, _row(story, event.text, event, now=now))
        for attempt in story.attempts:
            if _is_refusal(attempt, known[there]):
                sure.setdefault(there, _row(story, attempt.detail, None, now=now))
    agreed = _agreed([row for there, row in doubtful.items() if there not in sure], known)
    # In one order for everybody, since two may find out the same at once.
    rows = sorted([*sure.values(), *agreed], key=_place)
    if rows:
        Suppression.objects.bulk_create(rows, ignore_conflicts=True)


def _place(row: Suppression | Notification) -> Place:
    return place(row.tenant, row.channel, row.address)


def _known(places: Collection[Place]) -> Known:
    """Those of these to which messages go."""
    known: dict[Place, datetime | None] = dict.fromkeys(places)
    if places:
        rows = Suppression.objects.filter(address__in={one[2] for one in places})
        for row in rows.order_by("since", "pk"):
            if _place(row) in places:
                known[_place(row)] = row.lifted_at
                if row.lifted_at is None:
                    del known[_place(row)]
    return known


def _speaks_against(event: Event, there: Place, known: Known) -> bool:
    """Whether it is a bounce of this very address, and not of one that it forwards to."""
    since = known[there]
    return (
        event.evidence == Evidence.BOUNCED
        and event.blame == Blame.ADDRESS
        and event.recipient.casefold() in {"", there[2]}
        and (since is None or event.recorded_at > since)
    )


def _is_refusal(attempt: Attempt, since: datetime | None) -> bool:
    return (
        attempt.result == Attempt.Result.REFUSED
        and attempt.blame == Blame.ADDRESS
        and (since is None or attempt.claimed_at > since)
    )


def lift(address: str, *, tenant: str, by: Any, reason: str, channel: str = MAIL) -> int:
    """Let messages go to this address again; returns how many suppressions that ends (0 or 1)."""
    standing = Suppression.objects.filter(
        tenant=tenant, channel=channel, address=address.casefold(), lifted_at=None
    )
    return standing.update(
        lifted_at=timezone.now(),
        lifted_by=person(by)[0],
        lifted_because=one_line(reason, 1000),
    )


def lift_delivered(stories: Iterable[Story]) -> None:
    """An address that mail was delivered to is not dead. At most one query."""
    alive: dict[str, set[str]] = defaultdict(set)
    for story in stories:
        row = story.notification
        if row.evidence == Evidence.DELIVERED and row.address and row.channel == MAIL:
            alive[row.tenant].add(row.address.casefold())
    if alive:
        theirs = [Q(tenant=tenant, address__in=known) for tenant, known in sorted(alive.items())]
        Suppression.objects.filter(
            Q(*theirs, _connector=Q.OR), channel=MAIL, lifted_at=None
        ).update(lifted_at=timezone.now(), lifted_because="A mail was delivered there.")


def lift_by_hand(address: str, *, tenant: str, by: Any, reason: str, channel: str) -> int:
    """The same by a person, who needs the permission and says why."""
    tenant = tenant or tenant_of_now()
    if not has(by, "change_suppression", tenant=tenant):
        raise NotAllowed(_("You may not lift a suppression."))
    if not one_line(reason, 1000):
        raise RefusedInput(_("Give a reason."))
    return lift(address, tenant=tenant, by=by, reason=reason, channel=channel)


def _row(story: Story, reason: str, evidence: Event | None, *, now: datetime) -> Suppression:
    tenant, channel, address = _place(story.notification)
    return Suppression(
        tenant=tenant,
        channel=channel,
        address=address,
        reason=printable(reason, 1000),
        evidence=evidence,
        notification=story.notification,
        since=now,
    )


def _agreed(rows: Collection[Suppression], known: Known) -> list[Suppression]:
    """Those of which the bounce mails of two notifications say the same. At most one query."""
    if not rows:
        return []
    spelt = {row.notification.address for row in rows if row.notification}
    events = Event.objects.filter(
        evidence=Evidence.BOUNCED,
        notification__address__in=spelt | {row.address for row in rows},
    ).select_related("notification")
    told: dict[Place, set[int]] = {_place(row): set() for row in rows}
    for event in events:
        assert event.notification is not None
        there = _place(event.notification)
        if there in told and _speaks_against(event, there, known):
            told[there].add(event.notification.pk)
    return [row for row in rows if len(told[_place(row)]) > 1]
