"""Put what stands open for one person, and what has just been settled, into words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone

from crm_notify.models import Alert, Attempt, Event, Notification
from crm_notify.querysets import reasons
from crm_notify.rules.outcome import Outcome
from crm_notify.rules.text import printable
from crm_notify.steps.person import person
from crm_notify.views.alerts import wording
from crm_notify.views.alerts.closings import closed_by, recently_closed
from crm_notify.views.alerts.standing import Open, Standing
from crm_notify.views.alerts.values import Problem, Region, Settled, Warned

ACTIONS = ("acknowledge", "resend", "told")


def region_of(
    user: Any, standing: Standing, *, unfolded: bool, problem: Problem | None = None
) -> Region:
    """Put what stands open into words; the number of queries does not depend on how many."""
    return Region(
        count=standing.count,
        etag=standing.etag,
        warnings=_in_words(user, standing.opened, problem),
        settled=settled_in_words(user, list(recently_closed(user, now=timezone.now()))),
        may_correct=bool(standing.opened) and user.has_perm("crm_notify.resend_elsewhere"),
        unfolded=unfolded,
    )


def settled_in_words(user: Any, alerts: Sequence[Alert]) -> list[Settled]:
    """Say of each closed alert why it is closed."""
    evidence = closed_by(alerts)
    return [
        Settled(
            id=alert.pk,
            told=alert.closed == Alert.Closed.TOLD,
            headline=wording.settled(alert, evidence.get(alert.pk), viewer=user),
            what=wording.what(alert.notification.activity, viewer=user),
            target=printable(alert.notification.activity.target_label, 255),
            url=wording.link(alert.notification.activity.url),
            closed_at=alert.closed_at,
        )
        for alert in alerts
        if alert.closed_at is not None
    ]


def _in_words(user: Any, opened: Sequence[Open], problem: Problem | None) -> list[Warned]:
    if not opened:
        return []
    known = reasons(item.alert.notification for item in opened)
    under_way = Notification.objects.in_bulk([item.again_id for item in opened if item.again_id])
    return [
        _warned(
            user,
            item,
            reason=known.get(item.alert.notification_id),
            again=under_way.get(item.again_id) if item.again_id else None,
            problem=problem if problem and problem.alert_id == item.alert.pk else None,
        )
        for item in opened
    ]


def _warned(
    user: Any,
    item: Open,
    *,
    reason: Event | Attempt | None,
    again: Notification | None,
    problem: Problem | None,
) -> Warned:
    alert, notification = item.alert, item.alert.notification
    activity = notification.activity
    return Warned(
        id=alert.pk,
        version=item.version,
        notification=notification.pk,
        recipient=wording.name_of(notification),
        address=printable(notification.address, 320),
        headline=wording.headline(notification, again=again),
        what=wording.what(activity, viewer=user),
        target=printable(activity.target_label, 255),
        url=wording.link(activity.url),
        done_at=activity.recorded_at,
        reason=wording.why(notification),
        provider=wording.speaker(reason),
        diagnosis=wording.diagnosis(reason),
        code=printable(reason.code, 20) if reason is not None else "",
        blame=notification.blame,
        urgent=activity.urgency == activity.Urgency.URGENT,
        state=_state(alert, again),
        progress=wording.progress(notification, chain=alert.chain, again=again),
        opened_at=alert.opened_at,
        acknowledged_at=alert.acknowledged_at,
        send_to="" if again else _send_to(notification),
        actions={
            action: reverse(f"crm_notify:alert-{action}", args=[alert.pk]) for action in ACTIONS
        },
        problem=problem,
    )


def _state(alert: Alert, again: Notification | None) -> str:
    if again is not None:
        return "sent_again"
    if alert.notification.outcome == Outcome.UNCLEAR:
        return "unclear"
    return "failed" if alert.notification_id == alert.chain_id else "failed_again"


def _send_to(notification: Notification) -> str:
    """The recipient's address of today: it may have been corrected since."""
    recipient = notification.recipient
    current = person(recipient)[1] if recipient is not None else ""
    return printable(current or notification.address, 320)
