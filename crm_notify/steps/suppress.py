"""Addresses that are dead by strong evidence: no mail goes there until somebody lifts that."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from crm_notify.exceptions import NotAllowed, RefusedInput
from crm_notify.models import Attempt, Event, Suppression
from crm_notify.rules.evidence import Blame, Evidence
from crm_notify.rules.text import one_line, printable
from crm_notify.steps.allow import has
from crm_notify.steps.person import person
from crm_notify.steps.story import Story

Matched = Event.Matched

#: By these rungs a provider's own webhook names the mail; a token alone, in an address or in what a
#: notice returns, is known to whoever got the mail.
_SURE = frozenset({Matched.METADATA, Matched.TAG, Matched.MESSAGE_ID})


def suppressed(addresses: Collection[str]) -> dict[str, Suppression]:
    """Which of these addresses get no mail now, by the case-folded address. One query."""
    wanted = {address.casefold() for address in addresses}
    rows = Suppression.objects.filter(address__in=wanted, lifted_at=None)
    return {row.address: row for row in rows}


def suppress(stories: Iterable[Story], *, now: datetime) -> None:
    """Suppress the addresses that these stories prove to be dead.

    A provider's bounce proves it, and so does the refusal of a mail server that we spoke to; two
    bounce mails about two notifications must agree.
    """
    sure: dict[str, Suppression] = {}
    doubtful: dict[str, Suppression] = {}
    for story in stories:
        if story.notification.blame != Blame.ADDRESS or not story.notification.address:
            continue
        address = story.notification.address.casefold()
        for event in _about_the_address(story, address):
            found = sure if event.matched in _SURE else doubtful
            found.setdefault(address, _row(story, address, event.text, event, now=now))
        for attempt in story.attempts:
            if attempt.result == Attempt.Result.REFUSED and attempt.blame == Blame.ADDRESS:
                sure.setdefault(address, _row(story, address, attempt.detail, None, now=now))
    agreed = _agreed([row for address, row in doubtful.items() if address not in sure])
    rows = [*sure.values(), *agreed]
    if rows:
        Suppression.objects.bulk_create(rows, ignore_conflicts=True)


def lift(address: str, *, by: Any, reason: str) -> int:
    """Let mail go to this address again; returns how many suppressions that ends (0 or 1)."""
    standing = Suppression.objects.filter(address=address.casefold(), lifted_at=None)
    return standing.update(
        lifted_at=timezone.now(),
        lifted_by=person(by)[0],
        lifted_because=one_line(reason, 1000),
    )


def lift_delivered(stories: Iterable[Story]) -> None:
    """An address that mail was delivered to is not dead. At most one query."""
    alive = {
        story.notification.address.casefold()
        for story in stories
        if story.notification.evidence == Evidence.DELIVERED and story.notification.address
    }
    if alive:
        Suppression.objects.filter(address__in=alive, lifted_at=None).update(
            lifted_at=timezone.now(), lifted_because="A mail was delivered there."
        )


def lift_by_hand(address: str, *, by: Any, reason: str) -> int:
    """The same by a person, who needs the permission and says why."""
    if not has(by, "change_suppression"):
        raise NotAllowed(_("You may not lift a suppression."))
    if not one_line(reason, 1000):
        raise RefusedInput(_("Give a reason."))
    return lift(address, by=by, reason=reason)


def _about_the_address(story: Story, address: str) -> list[Event]:
    """The bounces that speak against this address, not against one that it forwards to."""
    return [
        event
        for event in story.events
        if event.evidence == Evidence.BOUNCED
        and event.blame == Blame.ADDRESS
        and event.recipient.casefold() in {"", address}
    ]


def _row(
    story: Story, address: str, reason: str, evidence: Event | None, *, now: datetime
) -> Suppression:
    return Suppression(
        address=address,
        reason=printable(reason, 1000),
        evidence=evidence,
        notification=story.notification,
        since=now,
    )


def _agreed(rows: Collection[Suppression]) -> list[Suppression]:
    """Those of which the bounce mails of two notifications say the same. At most one query."""
    if not rows:
        return []
    told = Event.objects.filter(
        evidence=Evidence.BOUNCED,
        blame=Blame.ADDRESS,
        notification__address__in={row.notification.address for row in rows if row.notification},
    ).values_list("notification__address", "notification")
    seen: dict[str, set[int | None]] = {}
    for address, notification in told:
        seen.setdefault(address.casefold(), set()).add(notification)
    return [row for row in rows if len(seen.get(row.address, ())) > 1]
