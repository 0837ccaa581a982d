"""Reads that more than one room needs, each with its bounds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Case, Count, F, Prefetch, Q, QuerySet, When
from django.db.models.functions import Coalesce

from crm_notify import database
from crm_notify.models import Activity, Alert, Attempt, Event, Notification
from crm_notify.rules.outcome import KNOWS, Outcome

#: Events in which a person witnesses that the recipient knows.
TESTIMONY = Q(kind__in=[kind.value for kind in sorted(KNOWS)])


def target_key(target: models.Model) -> tuple[ContentType, str]:
    """How a record of any model with any kind of key is named, in our own database."""
    kinds = ContentType.objects.db_manager(database.alias())
    return kinds.get_for_model(target), str(target.pk)


def chains_of(notifications: Iterable[int]) -> QuerySet[Notification, int]:
    """The ids of the first notifications of these notifications' chains."""
    return (
        Notification.objects.filter(pk__in=list(notifications))
        .order_by()
        .values_list(Coalesce(F("chain_id"), F("id")), flat=True)
        .distinct()
    )


def members_of(chains: Iterable[int]) -> QuerySet[Notification]:
    """Every notification of these chains."""
    heads = list(chains)
    return Notification.objects.filter(Q(pk__in=heads) | Q(chain__in=heads))


def lock_chains(notifications: Iterable[int]) -> list[Notification]:
    """Lock and read every notification of the chains of these.

    Whoever changes a notification after it was queued does it under this lock, taken before any
    other: all lock the same rows in the same order, so nobody waits for one who waits for him.
    """
    members = (
        members_of(chains_of(notifications))
        .select_related("activity__actor", "recipient")
        # Not the full lock: writing an event takes a shared one on its notification's key, and
        # two writers of events would wait for each other.
        .select_for_update(of=("self",), no_key=True)
        .order_by("pk")
    )
    return list(members)


def reread_chains(notifications: Iterable[int]) -> dict[int, list[Notification]]:
    """Lock the chains of these, and read them anew: for whoever adds to a chain, and only once.

    A query that waits for its locks does not see the rows that were written meanwhile.
    """
    heads = {row.chain_id_or_own for row in lock_chains(notifications)}
    chains: dict[int, list[Notification]] = {head: [] for head in sorted(heads)}
    members = members_of(heads).select_related("activity__actor", "recipient").order_by("pk")
    for row in members:
        chains[row.chain_id_or_own].append(row)
    return chains


def failing() -> QuerySet[Notification]:
    """What stands in front of a person, newest first."""
    return Notification.objects.filter(outcome__in=[Outcome.FAILED, Outcome.UNCLEAR]).order_by(
        "-changed_at"
    )


def standing_alerts() -> QuerySet[Alert]:
    """Open alerts that somebody can see: the admins', and those of users who are still active."""
    standing = Alert.objects.filter(closed_at=None)
    # A host's own user model may have no such column; then everybody is active.
    if "is_active" not in {field.name for field in get_user_model()._meta.get_fields()}:
        return standing
    return standing.filter(Q(person=None) | Q(person__is_active=True))


def alerts_for(user: Any) -> QuerySet[Alert]:
    """The alerts of one person, with what a page shows of them; an anonymous visitor has none."""
    if user.pk is None:
        return Alert.objects.none()
    return (
        Alert.objects.filter(person=user)
        .select_related("chain", "notification", "notification__activity")
        .order_by("-opened_at", "-pk")
    )


def folded(*, apart: int | None = None) -> Q:
    """Alerts of which many have one cause that the admins know of: together they are one line.

    What is urgent stands alone, and so do those of the incident ``apart``.
    """
    many = Q(
        incident__isnull=False,
        incident__closed_at=None,
        notification__activity__urgency=Activity.Urgency.NORMAL,
    )
    return many if apart is None else many & ~Q(incident=apart)


def lines_for(user: Any, *, apart: int | None = None) -> int:
    """How many lines a person's open alerts are on his screen; what is folded is one."""
    incident = When(folded(apart=apart), then=-F("incident"))
    line = Case(incident, default=F("pk"), output_field=models.BigIntegerField())
    counted = alerts_for(user).filter(closed_at=None).order_by()
    return counted.aggregate(lines=Count(line, distinct=True))["lines"] or 0


def missed_by(user: Any) -> QuerySet[Notification]:
    """What was meant for this user and failed; nothing of a chain by which he was told."""
    if user.pk is None:
        return Notification.objects.none()
    return (
        failing()
        .filter(recipient=user, chain=None)
        .select_related("activity")
        .order_by("-activity__recorded_at", "-pk")
    )


def history_of(target: models.Model) -> QuerySet[Activity]:
    """A record's activities, newest first, with the notifications about each.

    Each notification has a list ``testimony``: the events in which a person witnessed that the
    recipient knows.
    """
    kind, key = target_key(target)
    witnessed = Event.objects.filter(TESTIMONY).order_by("pk")
    notifications = Notification.objects.order_by("pk").prefetch_related(
        Prefetch("events", queryset=witnessed, to_attr="testimony")
    )
    return (
        Activity.objects.filter(target_type=kind, target_id=key)
        .prefetch_related(Prefetch("notifications", queryset=notifications))
        .order_by("-recorded_at", "-pk")
    )


def reasons(notifications: Iterable[Notification]) -> dict[int, Event | Attempt]:
    """For each failing notification what explains it: the heaviest event, else the refused call.

    Two queries, however many notifications.
    """
    ids = [notification.pk for notification in notifications]
    found: dict[int, Event | Attempt] = {}
    attempts = Attempt.objects.filter(notification__in=ids).exclude(detail="")
    for attempt in attempts.order_by("notification", "evidence", "pk"):
        found[attempt.notification_id] = attempt
    events = Event.objects.filter(notification__in=ids).exclude(code="", text="")
    for event in events.order_by("notification", "evidence", "pk"):
        assert event.notification_id is not None
        known = found.get(event.notification_id)
        if known is None or event.evidence >= known.evidence:
            found[event.notification_id] = event
    return found
