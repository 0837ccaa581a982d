"""The only writer of evidence and outcome, and of the first alert about a failure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from crm_notify.conf import get_settings
from crm_notify.models import Attempt, Event, Incident, Notification
from crm_notify.querysets import chains_of, members_of
from crm_notify.rules import evidence as rules
from crm_notify.rules.evidence import Blame, Evidence, Kind
from crm_notify.rules.outcome import Dispatch, Outcome, outcome, told
from crm_notify.rules.providers import PROVIDERS
from crm_notify.rules.retry import patience
from crm_notify.steps.alert import raise_or_close
from crm_notify.steps.announce import announce
from crm_notify.steps.incident import note_incident

#: What a provider's answer to our call is worth.
RESULT_EVIDENCE = {
    Attempt.Result.ACCEPTED: Evidence.HANDED_OVER,
    Attempt.Result.REFUSED: Evidence.REFUSED,
}


@dataclass
class _Story:
    """All that is known about one notification."""

    notification: Notification
    attempts: list[Attempt] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    before: tuple[object, ...] = ()

    def __post_init__(self) -> None:
        self.before = self.written

    @property
    def written(self) -> tuple[object, ...]:
        row = self.notification
        return (row.outcome, row.evidence, row.blame, row.dispatch, row.due_at)

    @property
    def kinds(self) -> set[Kind]:
        return {Kind(event.kind) for event in self.events}


@transaction.atomic
def settle(notifications: Collection[int]) -> None:
    """Bring evidence and outcome of these notifications and their chains up to what is known.

    Derives everything anew from attempts and events, so it may be called any number of times, in
    any order. Opens and closes alerts in the same transaction; signals go out after commit. The
    number of queries does not depend on the number of notifications.
    """
    if not notifications:
        return
    now = timezone.now()
    stories = _read_locked(notifications)
    attempts: list[Attempt] = []
    for story in stories.values():
        attempts += _weigh_attempts(story)
    if attempts:
        Attempt.objects.bulk_update(attempts, ["evidence"])
    chains: dict[int, list[Notification]] = defaultdict(list)
    changed: list[Notification] = []
    for chain in _by_chain(stories.values()):
        for story in chain:
            _fold(story)
        chain_told = told(
            {Evidence(story.notification.evidence) for story in chain},
            {kind for story in chain for kind in story.kinds},
        )
        for story in chain:
            _decide(story, chain_told=chain_told, now=now)
            if story.written != story.before:
                changed.append(story.notification)
        members = [story.notification for story in chain]
        chains[members[0].chain_id_or_own] = members
    if changed:
        Notification.objects.bulk_update(
            changed, ["evidence", "outcome", "blame", "dispatch", "due_at", "changed_at"]
        )
    turned = [item for item in changed if item.outcome != stories[item.pk].before[0]]
    _note_our_own_fault(turned, stories)
    announce(turned)
    raise_or_close(chains, now=now)


def _read_locked(notifications: Collection[int]) -> dict[int, _Story]:
    """Lock the chains, in one order for everybody, and read what is known about them."""
    members = (
        members_of(chains_of(notifications))
        .select_related("activity__actor")
        # Not the full lock: writing an event takes a shared one on its notification's key, and
        # two writers of events would wait for each other.
        .select_for_update(of=("self",), no_key=True)
        .order_by("pk")
    )
    stories = {member.pk: _Story(member) for member in members}
    for attempt in Attempt.objects.filter(notification__in=stories).order_by("pk"):
        stories[attempt.notification_id].attempts.append(attempt)
    moving = ~Q(kind__in=[Kind.OPENED, Kind.CLICKED, Kind.OTHER])
    for event in Event.objects.filter(moving, notification__in=stories).order_by("pk"):
        assert event.notification_id is not None
        stories[event.notification_id].events.append(event)
    return stories


def _weigh_attempts(story: _Story) -> list[Attempt]:
    """Set each attempt's evidence to the maximum of what is known; return those that changed."""
    heard: dict[int, list[int]] = defaultdict(list)
    for event in story.events:
        if event.attempt_id is not None:
            heard[event.attempt_id].append(event.evidence)
    changed = []
    for attempt in story.attempts:
        own = RESULT_EVIDENCE.get(Attempt.Result(attempt.result), Evidence.NONE)
        weighed = rules.of_attempt([own, *heard[attempt.pk]])
        if weighed != attempt.evidence:
            attempt.evidence = weighed
            changed.append(attempt)
    return changed


def _by_chain(stories: Iterable[_Story]) -> list[list[_Story]]:
    chains: dict[int, list[_Story]] = defaultdict(list)
    for story in stories:
        chains[story.notification.chain_id_or_own].append(story)
    return list(chains.values())


def _fold(story: _Story) -> None:
    direct = [Evidence(event.evidence) for event in story.events if event.attempt_id is None]
    story.notification.evidence = rules.of_notification(
        [*(Evidence(attempt.evidence) for attempt in story.attempts), *direct]
    )


def _decide(story: _Story, *, chain_told: bool, now: datetime) -> None:
    """Set outcome, blame, dispatch and deadline."""
    row = story.notification
    evidence = Evidence(row.evidence)
    row.outcome = outcome(evidence=evidence, kinds=story.kinds, chain_told=chain_told)
    row.blame = _blame(story) if evidence.is_failure else Blame.NONE
    row.dispatch = _dispatch(row, evidence)
    row.due_at = _deadline(story, now=now) if row.outcome == Outcome.IN_FLIGHT else None
    if row.outcome != story.before[0]:
        row.changed_at = now


def _dispatch(row: Notification, evidence: Evidence) -> str:
    """What the world has seen need not be sent again, and what is over is not sent at all."""
    if row.dispatch == Dispatch.SENDING:
        return row.dispatch
    if row.dispatch == Dispatch.UNKNOWN and evidence > Evidence.NONE:
        return Dispatch.DONE
    if row.dispatch in {Dispatch.QUEUED, Dispatch.UNKNOWN} and row.outcome != Outcome.IN_FLIGHT:
        return Dispatch.DONE if evidence > Evidence.NONE else Dispatch.CANCELLED
    return row.dispatch


def _deadline(story: _Story, *, now: datetime) -> datetime | None:
    row = story.notification
    if row.dispatch != Dispatch.DONE:
        return row.due_at
    conf = get_settings()
    last = story.attempts[-1] if story.attempts else None
    provider = PROVIDERS.get(last.provider) if last else None
    handed_over_at = (last.ended_at or last.claimed_at) if last else row.created_at
    heard = [event.recorded_at for event in story.events]
    deadline = patience(
        evidence=Evidence(row.evidence),
        handed_over_at=handed_over_at,
        heard_at=max(heard, default=handed_over_at),
        confirms=provider is not None and provider.confirms,
        unclear_after=conf.UNCLEAR_AFTER,
        silence_after=conf.SILENCE_AFTER,
        bounce_window=conf.BOUNCE_WINDOW,
    )
    # Past its deadline, it may have been given more time by the sweep: keep that.
    return row.due_at if deadline <= now and row.due_at and row.due_at > now else deadline


def _blame(story: _Story) -> str:
    """Whose fault: the heaviest failure speaks, a named cause before an unnamed one."""
    said = [(event.evidence, event.blame) for event in story.events]
    said += [(attempt.evidence, attempt.blame) for attempt in story.attempts]
    failures = [pair for pair in said if Evidence(pair[0]).is_failure]
    heaviest = max(failures, key=_weight_of_blame, default=(0, ""))
    return heaviest[1] or Blame.UNKNOWN


def _weight_of_blame(said: tuple[int, str]) -> tuple[int, bool, str]:
    evidence, blame = said
    return evidence, blame not in {"", Blame.UNKNOWN}, blame


def _note_our_own_fault(turned: list[Notification], stories: dict[int, _Story]) -> None:
    """Failures that our own sender or set-up caused are one thing for the admins."""
    counts: dict[str, int] = defaultdict(int)
    for row in turned:
        if row.outcome == Outcome.FAILED and row.blame == Blame.SENDER:
            attempts = stories[row.pk].attempts
            counts[attempts[-1].provider if attempts else ""] += 1
    for provider, count in counts.items():
        note_incident(Incident.Kind.SENDER, subject=provider, count=count)
