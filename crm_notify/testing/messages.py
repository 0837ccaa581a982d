"""Messages and warnings as plain values, rendered for real."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from crm_notify.api import describe
from crm_notify.channels.base import MAIL
from crm_notify.channels.email.letter import write as write_mail
from crm_notify.channels.email.mailer import mailer
from crm_notify.channels.short.text import write as write_short
from crm_notify.exceptions import RefusedInput
from crm_notify.models import Alert, Attempt, Notification
from crm_notify.rules.outcome import Dispatch, Outcome
from crm_notify.senders import for_tenant
from crm_notify.steps.suppress import place, suppressed
from crm_notify.steps.word import Description


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message to one recipient, as it goes out.

    ``recipient`` is the user, or None where he is gone; ``target`` the record, and ``urgency`` is
    "normal" or "urgent". ``sender`` is the visible From, ``body`` the plain text; a short message
    has neither subject, sender nor HTML. ``refused`` says why it would not go out, and is empty
    where it would.
    """

    notification: Notification
    recipient: Any
    address: str
    channel: str
    verb: str
    target: Any
    urgency: str
    url: str
    sender: str = ""
    subject: str = ""
    body: str = ""
    html: str = ""
    refused: str = ""


def outbox() -> list[Message]:
    """What waits to be sent, now or later, in the order in which it was recorded."""
    rows = _read(Notification.objects.filter(dispatch=Dispatch.QUEUED, outcome=Outcome.IN_FLIGHT))
    dead = suppressed([(row.tenant, row.channel, row.address) for row in rows])
    found = []
    for row in rows:
        known = dead.get(place(row.tenant, row.channel, row.address))
        refused = ""
        # Whoever asks for it to be sent again means this address.
        if known is not None and row.requested_by_id is None:
            refused = f"No mail goes to this address: {known.reason}"
        found.append(_message(_unsent(row), refused=refused))
    return found


def told() -> list[Message]:
    """The messages of which it is known that they arrived, or that their recipient knows."""
    rows = _read(Notification.objects.filter(outcome=Outcome.TOLD))
    return [_message(_unsent(row)) for row in rows]


def made_after(attempt: int) -> list[Message]:
    """What was handed over by attempts that are newer than this one."""
    made = Attempt.objects.filter(pk__gt=attempt, result=Attempt.Result.ACCEPTED).order_by("pk")
    related = ("notification__activity__actor", "notification__recipient")
    return [_message(attempt) for attempt in made.select_related(*related)]


def alerts(person: Any = None) -> list[Description]:
    """The warnings that stand before this user, newest first; of None, before the admins."""
    rows = Alert.objects.filter(person=person, closed_at=None).order_by("-opened_at", "-pk")
    return [describe(row) for row in rows.select_related("incident", "notification__activity")]


def _read(rows: QuerySet[Notification]) -> QuerySet[Notification]:
    return rows.select_related("activity__actor", "recipient").order_by("pk")


def _unsent(row: Notification) -> Attempt:
    """What its mail is written from before there is an attempt: its tokens name nothing."""
    return Attempt(pk=0, tenant=row.tenant, notification=row, address=row.address)


def _message(attempt: Attempt, *, refused: str = "") -> Message:
    row = attempt.notification
    activity = row.activity
    about: dict[str, Any] = {
        "notification": row,
        "recipient": row.recipient,
        "address": attempt.address,
        "channel": row.channel,
        "verb": activity.verb,
        "target": activity.target,
        "urgency": activity.urgency,
        "url": activity.url,
    }
    if refused:
        return Message(**about, refused=refused)
    conf = for_tenant(row.tenant)
    if row.channel != MAIL:
        return Message(**about, body=write_short(row, conf=conf))
    try:
        letter = write_mail(attempt, conf=conf, provider=mailer(conf).provider)
    except RefusedInput as error:
        return Message(**about, refused=str(error))
    return Message(
        **about,
        sender=letter.extra_headers.get("From", letter.from_email),
        subject=str(letter.subject),
        body=str(letter.body),
        html=str(letter.alternatives[0][0]),
    )
