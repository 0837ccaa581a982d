"""Addresses that are dead by strong evidence: no mail goes there until somebody lifts that."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
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
#: By the case-folded address: since when somebody wants mail to go there, None where nobody said.
Known = Mapping[str, datetime | None]

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
    bounce mails about two notifications must agree. What was known when a suppression was lifted
    proves nothing any more. At most three queries.
    """
    dead = [story for story in stories if story.notification.blame == Blame.ADDRESS]
    known = _known({story.notification.address.casefold() for story in dead} - {""})
    sure: dict[str, Suppression] = {}
    doubtful: dict[str, Suppression] = {}
    for story in dead:
        address = story.notification.address.casefold()
        if address not in known:
            continue
        for event in story.events:
            if _speaks_against(event, address, known):
                found = sure if event.matched in _SURE else doubtful
                found.setdefault(address, _row(story, address, event.text, event, now=now))
        for attempt in story.attempts:
            if _is_refusal(attempt, known[address]):
                sure.setdefault(address, _row(story, address, attempt.detail, None, now=now))
    agreed = _agreed([row for address, row in doubtful.items() if address not in sure], known)
    # In one order for everybody, since two may find out the same at once.
    rows = sorted([*sure.values(), *agreed], key=lambda row: row.address)
    if rows:
        Suppression.objects.bulk_create(rows, ignore_conflicts=True)


def _known(addresses: Collection[str]) -> Known:
    """Those of these addresses to which mail goes."""
    known: dict[str, datetime | None] = dict.fromkeys(addresses)
    if addresses:
        rows = Suppression.objects.filter(address__in=list(addresses)).order_by("since", "pk")
        for address, lifted_at in rows.values_list("address", "lifted_at"):
            known[address] = lifted_at
            if lifted_at is None:
                del known[address]
    return known


def _speaks_against(event: Event, address: str, known: Known) -> bool:
    """Whether it is a bounce of this very address, and not of one that it forwards to."""
    since = known[address]
    return (
        event.evidence == Evidence.BOUNCED
        and event.blame == Blame.ADDRESS
        and event.recipient.casefold() in {"", address}
        and (since is None or event.recorded_at > since)
    )


def _is_refusal(attempt: Attempt, since: datetime | None) -> bool:
    return (
        attempt.result == Attempt.Result.REFUSED
        and attempt.blame == Blame.ADDRESS
        and (since is None or attempt.claimed_at > since)
    )


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


def _agreed(rows: Collection[Suppression], known: Known) -> list[Suppression]:
    """Those of which the bounce mails of two notifications say the same. At most one query."""
    if not rows:
        return []
    spelt = {row.notification.address for row in rows if row.notification}
    events = Event.objects.filter(
        evidence=Evidence.BOUNCED,
        notification__address__in=spelt | {row.address for row in rows},
    ).select_related("notification")
    told: dict[str, set[int]] = {row.address: set() for row in rows}
    for event in events:
        assert event.notification is not None
        address = event.notification.address.casefold()
        if _speaks_against(event, address, known):
            told[address].add(event.notification.pk)
    return [row for row in rows if len(told[row.address]) > 1]
