"""The only writer of evidence and outcome, and of the first alert about a failure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable

from django.db.models import Q
from django.utils import timezone

from crm_notify import database
from crm_notify.models import Attempt, Event, Incident, Notification
from crm_notify.querysets import lock_chains
from crm_notify.rules.evidence import Blame, Evidence, Kind
from crm_notify.rules.outcome import Outcome, told
from crm_notify.senders import owner
from crm_notify.steps.alert import raise_or_close
from crm_notify.steps.announce import announce
from crm_notify.steps.incident import note_incident
from crm_notify.steps.story import Story
from crm_notify.steps.suppress import lift_delivered, suppress


@database.atomic()
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
    weighed = [attempt for story in stories for attempt in story.weigh()]
    if weighed:
        Attempt.objects.bulk_update(weighed, ["evidence"])
    chains = _by_chain(stories)
    for chain in chains.values():
        chain_told = told(
            {Evidence(story.notification.evidence) for story in chain},
            {kind for story in chain for kind in story.kinds},
        )
        for story in chain:
            story.decide(chain_told=chain_told, now=now)
    changed = [story.notification for story in stories if story.written != story.before]
    if changed:
        Notification.objects.bulk_update(
            changed, ["evidence", "outcome", "blame", "dispatch", "due_at", "changed_at"]
        )
    turned = [story for story in stories if story.turned]
    _note_our_own_fault(turned)
    suppress(stories, now=now)
    lift_delivered([story for story in stories if story.arrived])
    announce([story.notification for story in turned])
    raise_or_close(
        {head: [story.notification for story in chain] for head, chain in chains.items()},
        turned={story.notification.pk for story in turned},
        now=now,
    )


def _read_locked(notifications: Collection[int]) -> list[Story]:
    """Lock the chains, and read what is known about them."""
    stories = {member.pk: Story(member) for member in lock_chains(notifications)}
    for attempt in Attempt.objects.filter(notification__in=stories).order_by("pk"):
        stories[attempt.notification_id].attempts.append(attempt)
    moving = ~Q(kind__in=[Kind.OPENED, Kind.CLICKED, Kind.OTHER])
    for event in Event.objects.filter(moving, notification__in=stories).order_by("pk"):
        assert event.notification_id is not None
        stories[event.notification_id].events.append(event)
    return list(stories.values())


def _by_chain(stories: Iterable[Story]) -> dict[int, list[Story]]:
    chains: dict[int, list[Story]] = defaultdict(list)
    for story in stories:
        chains[story.notification.chain_id_or_own].append(story)
    return chains


def _note_our_own_fault(turned: Iterable[Story]) -> None:
    """Failures that our own sender or set-up caused are one thing for the admins."""
    ours = [
        (story.attempts[-1].provider if story.attempts else "", _whose(story.notification))
        for story in turned
        if story.notification.outcome == Outcome.FAILED and story.notification.blame == Blame.SENDER
    ]
    # In one order for everybody, since each incident is a row that others count on too.
    for (provider, whose), count in sorted(Counter(ours).items()):
        note_incident(Incident.Kind.SENDER, subject=provider, tenant=whose, count=count)


def _whose(notification: Notification) -> str:
    """The tenant where the sender or the mailer is his own; else an empty string."""
    return owner(notification.activity.tenant, "MAILER", "SENDER", "SENDER_DOMAINS", ask=False)
