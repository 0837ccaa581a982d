"""What can be done about a notification: send it again, say how he was told, close it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm_notify import api
from crm_notify.desk.acts import Act
from crm_notify.desk.marks import Text
from crm_notify.exceptions import RefusedInput
from crm_notify.models import Notification
from crm_notify.models.choices import MEANT
from crm_notify.querysets import members_of
from crm_notify.rules.evidence import Blame
from crm_notify.rules.outcome import Outcome
from crm_notify.steps.allow import has, may_act

CHANGE = "change_notification"
ELSEWHERE = "resend_elsewhere"


def may_change(user: Any, notification: Notification) -> bool:
    """Who may change notifications."""
    return has(user, CHANGE)


def may_send_elsewhere(user: Any, notification: Notification) -> bool:
    """Who may act on it, and give it another address."""
    return has(user, ELSEWHERE) and may_act(user, notification)


def can_be_sent_again(notification: Notification) -> bool:
    """He was not told, and nothing of its chain is on its way (the list's own annotation)."""
    over = notification.outcome not in {Outcome.TOLD, Outcome.IN_FLIGHT}
    return over and not getattr(notification, "under_way", False)


def named(notification: Notification) -> str:
    """Whom it was to tell, and of what."""
    return f"{notification.recipient_name} <{notification.address}>: {notification.activity}"


def _send_again(notification: Notification, user: Any, address: str) -> str:
    chain = members_of([notification.chain_id_or_own])
    known = set(chain.values_list("pk", flat=True))
    again = api.resend(notification, by=user, address=address or None)
    if again.pk in known:
        raise RefusedInput(_("It is on its way already (#%d).") % again.pk)
    return _("Sent again to %(address)s (#%(id)d).") % {"address": again.address, "id": again.pk}


def _correct(notification: Notification, user: Any, address: str) -> str:
    correction = api.correct(notification, by=user, address=address)
    said = ngettext(
        "The address is now %(address)s; %(count)d mail is sent again.",
        "The address is now %(address)s; %(count)d mails are sent again.",
        correction.sent_again,
    )
    return said % {"address": correction.new, "count": correction.sent_again}


def addresses_meant(notification: Notification) -> list[tuple[str, Text]]:
    """What may have been meant, and why; nothing where the address is not to blame."""
    if notification.blame != Blame.ADDRESS:
        return []
    return [(miss.address, MEANT[miss.why]) for miss in api.suggest(notification)]


def _state_told(notification: Notification, user: Any, how: str) -> str:
    return _("Told: %s") % api.state_told(notification, by=user, how=how).text


def _close(notification: Notification, user: Any, reason: str) -> str:
    return _("Closed: %s") % api.close(notification, by=user, reason=reason).text


RESEND = Act(
    name="resend",
    label=gettext_lazy("Send again"),
    hint=gettext_lazy("The same news, to the address that the recipient has today."),
    run=_send_again,
    allowed=may_act,
    possible=can_be_sent_again,
    once=lambda notification: notification.chain_id_or_own,
    named=named,
)
CORRECT = Act(
    name="correct",
    label=gettext_lazy("Correct and send again"),
    hint=gettext_lazy(
        "For the recipient's record; everything that did not arrive at the old address is sent to "
        "the new one."
    ),
    ask=gettext_lazy("Where the recipient can be reached"),
    kind="email",
    run=_correct,
    allowed=may_send_elsewhere,
    possible=can_be_sent_again,
    suggest=addresses_meant,
)
RESEND_ELSEWHERE = Act(
    name="resend_elsewhere",
    label=gettext_lazy("Send again to another address"),
    hint=gettext_lazy("This once. What it says is for the recipient only: make sure it is his."),
    ask=gettext_lazy("Another address"),
    kind="email",
    run=_send_again,
    allowed=may_send_elsewhere,
    possible=can_be_sent_again,
)
STATE_TOLD = Act(
    name="told",
    label=gettext_lazy("He was told"),
    hint=gettext_lazy("Your word, with your name, ends the warnings."),
    ask=gettext_lazy("How he was told"),
    run=_state_told,
    allowed=may_act,
    possible=lambda notification: notification.outcome != Outcome.TOLD,
)
CLOSE = Act(
    name="close",
    label=gettext_lazy("Close with a reason"),
    hint=gettext_lazy("Nobody was told, and nobody will be. The warnings end."),
    ask=gettext_lazy("Reason"),
    run=_close,
    allowed=may_change,
    possible=lambda notification: Outcome(notification.outcome).needs_a_person,
    once=lambda notification: notification.chain_id_or_own,
    named=named,
)
