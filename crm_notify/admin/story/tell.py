"""Each row becomes an entry of the story: what happened, in words."""

from __future__ import annotations

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_notify.admin.marks import provider_label
from crm_notify.admin.story.entry import Entry, Rank, facts
from crm_notify.conf import Settings
from crm_notify.models import Activity, Alert, Attempt, Event, Notification
from crm_notify.rules import token
from crm_notify.rules.evidence import Evidence, Kind
from crm_notify.rules.outcome import KNOWS
from crm_notify.rules.providers import PROVIDERS, UNKNOWN, carriers
from crm_notify.rules.token import Purpose
from crm_notify.steps.person import person

Result = Attempt.Result

#: What became of a call, about the provider's name; and how that looks.
ANSWERS = {
    Result.CLAIMED: (gettext_lazy("Taken up, to be handed to %s"), "going"),
    Result.BEGUN: (gettext_lazy("Being handed to %s"), "going"),
    Result.ACCEPTED: (gettext_lazy("Handed to %s, which took it"), "going"),
    Result.LATER: (gettext_lazy("%s could not take it now"), "doubt"),
    Result.REFUSED: (gettext_lazy("%s refused it"), "bad"),
    Result.UNKNOWN: (gettext_lazy("Nobody knows whether %s took it"), "doubt"),
    Result.RELEASED: (gettext_lazy("Put back before it was handed to %s"), "quiet"),
}
DOUBTS = {Kind.UNCLEAR, Kind.DEFERRED, Kind.UNCONFIRMED, Kind.PRESUMED}


def recorded(activity: Activity, first: Notification) -> Entry:
    """What the acting user did, and whom that was to tell."""
    return Entry(
        at=activity.recorded_at,
        rank=Rank.RECORDED,
        pk=first.pk,
        tone="quiet",
        title=str(activity),
        about=first.pk,
        quote=activity.text,
        facts=facts(
            (_("to be told"), _named(first)),
            (_("channel"), first.channel),
            (_("urgency"), activity.get_urgency_display()),
        ),
        activity=activity.pk,
    )


def resent(again: Notification) -> Entry:
    """The same news, sent once more."""
    return Entry(
        at=again.created_at,
        rank=Rank.RESENT,
        pk=again.pk,
        tone="quiet",
        title=_("To be sent again"),
        about=again.pk,
        by=person(again.requested_by)[0] if again.requested_by is not None else "",
        facts=facts((_("to"), _named(again)), (_("channel"), again.channel)),
        resend=again.pk,
        instead_of=again.previous_id,
    )


def attempted(attempt: Attempt, conf: Settings) -> Entry:
    """One call to a provider, and its answer; ``conf`` are the settings of its tenant."""
    words, tone = ANSWERS[Result(attempt.result)]
    return Entry(
        at=attempt.claimed_at,
        rank=Rank.ATTEMPTED,
        pk=attempt.pk,
        tone=tone,
        title=words % provider_label(attempt.provider),
        about=attempt.notification_id,
        quote=attempt.detail,
        facts=facts(
            (_("to"), attempt.address),
            *tokens(attempt, conf),
            (_("attempt"), attempt.pk),
            (_("message id"), attempt.message_id),
            (_("code"), attempt.code),
            (_("reason"), attempt.get_blame_display() if attempt.blame else ""),
            (_("call begun"), attempt.begun_at),
            (_("call ended"), attempt.ended_at),
            (_("lease until"), None if attempt.settled else attempt.lease_until),
        ),
    )


def tokens(attempt: Attempt, conf: Settings) -> list[tuple[str, str]]:
    """Its token: where the provider lets us, the envelope sender to which its bounces come back.

    With several keys, one of them has signed it, and an attempt does not remember which.
    """
    names = [
        token.make(
            id=attempt.pk,
            purpose=Purpose.NOTIFICATION,
            key=key,
            keys=conf.RETURN_PATH_KEYS,
            installation=conf.INSTALLATION,
        )
        for key in conf.RETURN_PATH_KEYS
    ]
    if carriers(PROVIDERS.get(attempt.provider, UNKNOWN)).envelope:
        return [(_("envelope sender"), f"{name}@{conf.RETURN_PATH_DOMAIN}") for name in names]
    return [(_("token"), name) for name in names]


def heard(event: Event, addresses: dict[int, str]) -> Entry:
    """One piece of evidence, and where it came from; ``addresses`` of each notification."""
    assert event.notification_id is not None
    known = addresses[event.notification_id].casefold()
    return Entry(
        at=event.recorded_at,
        rank=Rank.HEARD,
        pk=event.pk,
        tone=_tone(event),
        title=capfirst(event.get_kind_display()),
        about=event.notification_id,
        by=_source(event),
        quote=event.text,
        facts=facts(
            (_("code"), event.code),
            (_("reason"), event.get_blame_display() if event.blame else ""),
            (_("provider's word"), event.raw_kind),
            (_("recipient"), event.recipient if event.recipient.casefold() != known else ""),
            (_("message id"), event.message_id),
            (_("attempt"), event.attempt_id),
            (_("matched by"), event.get_matched_display() if event.provider else ""),
            (_("happened at"), event.occurred_at if event.provider else None),
        ),
        receipt=event.receipt_id,
    )


def warned(alert: Alert) -> list[Entry]:
    """A warning: opened, acknowledged, closed."""
    whom = person(alert.person)[0] if alert.person is not None else _("the admins")
    entries = [
        Entry(
            at=alert.opened_at,
            rank=Rank.WARNED,
            pk=alert.pk,
            tone="doubt",
            title=_("Stands in front of %s") % whom,
            about=alert.notification_id,
            facts=facts((_("the admins are warned at"), alert.due_at)),
        )
    ]
    if alert.acknowledged_at is not None:
        entries.append(
            Entry(
                at=alert.acknowledged_at,
                rank=Rank.ACKNOWLEDGED,
                pk=alert.pk,
                tone="quiet",
                title=_("The warning was acknowledged"),
                about=alert.notification_id,
                by=whom,
            )
        )
    if alert.closed_at is not None:
        entries.append(
            Entry(
                at=alert.closed_at,
                rank=Rank.CLOSED,
                pk=alert.pk,
                tone="good" if alert.closed == Alert.Closed.TOLD else "quiet",
                title=_("No longer in front of %s") % whom,
                about=alert.notification_id,
                facts=facts((_("because"), alert.get_closed_display())),
            )
        )
    return entries


def _named(notification: Notification) -> str:
    name, address = notification.recipient_name, notification.address or _("no address")
    return f"{name} <{address}>" if name else address


def _tone(event: Event) -> str:
    if Evidence(event.evidence).is_failure:
        return "bad"
    if event.evidence == Evidence.DELIVERED or event.kind in KNOWS:
        return "good"
    return "doubt" if event.kind in DOUBTS else "quiet"


def _source(event: Event) -> str:
    if event.provider:
        return provider_label(event.provider)
    return event.author_name or _("the sweep, by the time that has passed")
