"""Put what stands open for one person, and what has just been settled, into words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone

from crm_notify.desk.putting_off import ways
from crm_notify.models import Alert, Attempt, Correction, Event, Notification
from crm_notify.querysets import reasons
from crm_notify.rules.outcome import Outcome
from crm_notify.rules.text import printable
from crm_notify.steps.allow import has
from crm_notify.steps.correct import PERMISSION
from crm_notify.steps.person import person
from crm_notify.views.alerts import wording
from crm_notify.views.alerts.closings import closed_by, recently_closed
from crm_notify.views.alerts.folding import folded_in_words
from crm_notify.views.alerts.standing import Open, Standing, asleep
from crm_notify.views.alerts.suggesting import offered, proposals, proposed, suggestions
from crm_notify.views.alerts.values import SHOWN, Problem, Region, Settled, Suggestion, Warned

#: Each action and the name of its address.
ACTIONS = {
    "acknowledge": "alert-acknowledge",
    "resend": "alert-resend",
    "correct": "alert-correct",
    "told": "alert-told",
    "snooze": "alert-snooze",
    "hand_over": "alert-hand-over",
}


def region_of(
    user: Any, standing: Standing, *, unfolded: bool, problem: Problem | None = None
) -> Region:
    """Put what stands open into words; the number of queries does not depend on how many."""
    return Region(
        count=standing.count,
        etag=standing.etag,
        warnings=_in_words(user, standing.opened, problem, unfolded=unfolded),
        folded=folded_in_words(user, standing.folded),
        put_off=ways(),
        settled=settled_in_words(user, list(recently_closed(user, now=timezone.now()))),
        may_correct=_may_correct(user, standing),
        unfolded=unfolded,
    )


def _may_correct(user: Any, standing: Standing) -> bool:
    """Whether he may correct something of what stands there; the form refuses the rest."""
    return any(
        has(user, PERMISSION, tenant=tenant)
        for tenant in {item.alert.tenant for item in standing.opened}
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


def _in_words(
    user: Any, opened: Sequence[Open], problem: Problem | None, *, unfolded: bool
) -> list[Warned]:
    if not opened:
        return []
    suggested = suggestions(opened if unfolded else opened[:SHOWN])
    proposing = proposals(opened)
    known = reasons(item.alert.notification for item in opened)
    ids = {pk for item in opened for pk in (item.again_id, item.other_id) if pk is not None}
    under_way = Notification.objects.in_bulk(ids)
    return [
        _warned(
            user,
            item,
            reason=known.get(item.alert.notification_id),
            again=under_way.get(item.again_id) if item.again_id else None,
            other=under_way.get(item.other_id) if item.other_id else None,
            suggested=suggested.get(item.alert.pk, []),
            proposal=proposing.get(item.alert.pk),
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
    other: Notification | None,
    suggested: Sequence[Suggestion],
    proposal: Correction | None,
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
        progress=wording.progress(notification, chain=alert.chain, again=again or other),
        opened_at=alert.opened_at,
        acknowledged_at=alert.acknowledged_at,
        snoozed_until=asleep(alert),
        proposal=proposed(proposal, viewer=user) if proposal else "",
        suggestions=offered(proposal, suggested),
        send_to="" if again else _send_to(notification),
        actions={
            action: reverse(f"crm_notify:{name}", args=[alert.pk])
            for action, name in ACTIONS.items()
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
