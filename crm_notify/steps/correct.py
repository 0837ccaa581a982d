"""Put a wrong address right, once: the record, and everything that did not arrive there."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from itertools import islice
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_notify import database
from crm_notify.channels.base import MAIL
from crm_notify.conf import get_settings
from crm_notify.exceptions import NotAllowed, RefusedInput
from crm_notify.models import Correction, Notification
from crm_notify.querysets import members_of, reread_chains
from crm_notify.queue import wake
from crm_notify.rules.near_miss import NearMiss, near_misses
from crm_notify.rules.outcome import Outcome
from crm_notify.rules.text import one_line
from crm_notify.steps.allow import allow, has, mail_of
from crm_notify.steps.hint import hint_about
from crm_notify.steps.person import address_column, checked_address, person
from crm_notify.steps.suppress import lift

logger = logging.getLogger(__name__)

State = Correction.State
#: How many users are looked through for a suggestion.
MOST_USERS = 5000
PERMISSION = "resend_elsewhere"


def suggest(notification: Notification) -> list[NearMiss]:
    """Which addresses may be meant: the recipient's of today, and near misses of those at hand."""
    return suggest_for([notification])[notification.pk]


def suggest_for(notifications: Sequence[Notification]) -> dict[int, list[NearMiss]]:
    """Suggest for each of these, by its id; the users are read once for all of them."""
    users = _users() if notifications else []
    suggested: dict[int, list[NearMiss]] = {}
    for notification in notifications:
        recipient = notification.recipient
        today = person(recipient)[1] if recipient is not None else ""
        known = [*users, *_contacts(recipient)]
        suggested[notification.pk] = near_misses(notification.address, known, today=today)
    return suggested


def correct(notification: Notification, *, by: Any, address: str, why: str = "") -> Correction:
    """Put it right, or propose it to those who may; see ``api.correct``."""
    allow(by, notification)
    notification = mail_of(members_of([notification.chain_id_or_own]).order_by("pk"), notification)
    wanted = checked_address(address)
    if wanted.casefold() == notification.address.casefold():
        raise RefusedInput(_("That is the address that failed."))
    with database.atomic():
        correction, _new = Correction.objects.get_or_create(
            notification=notification,
            new=wanted,
            state=State.PROPOSED,
            defaults={
                "recipient": notification.recipient,
                "old": notification.address,
                "why": one_line(why, 1000),
                "proposed_by": by,
                "proposed_at": timezone.now(),
            },
        )
        if has(by, PERMISSION):
            return decide(correction, by=by, accept=True)
        hint_about([notification.chain_id_or_own])
        return correction


@database.atomic()
def decide(correction: Correction, *, by: Any, accept: bool) -> Correction:
    """Do what was proposed, or refuse it.

    Raises NotAllowed without the permission, RefusedInput where it was decided already.
    """
    if not has(by, PERMISSION):
        raise NotAllowed(_("You may not send it to another address. Propose it instead."))
    open_ones = Correction.objects.select_for_update().filter(state=State.PROPOSED)
    row = open_ones.filter(pk=correction.pk).first()
    if row is None:
        raise RefusedInput(_("This was decided already."))
    row.state = State.DONE if accept else State.REFUSED
    row.decided_by, row.decided_at = by, timezone.now()
    if accept:
        _write(row)
        lift(row.new, by=by, reason=_("an address was corrected"))
        row.sent_again = len(_send_again(row, by=by))
    row.save()
    hint_about([row.notification.chain_id_or_own])
    return row


def write_address(user: Any, address: str) -> None:
    """The built-in hook: the address goes into the user's own field for it.

    Where that is no column, what was missed is sent there and the host's record stays as it is; a
    system check says so.
    """
    field = address_column(type(user))
    if field is None:
        logger.warning("crm_notify: users have no column to write a corrected address into")
        return
    setattr(user, field, address)
    user.save(update_fields=[field])


def _write(correction: Correction) -> None:
    hook = get_settings().function("ADDRESS_CORRECTED")
    if hook is not None and correction.recipient is not None:
        hook(correction.recipient, correction.new)


def _send_again(correction: Correction, *, by: Any) -> list[Notification]:
    """Everything undelivered to the wrong address, in order, each once, as new notifications."""
    now = timezone.now()
    missed = Notification.objects.filter(
        address__iexact=correction.old,
        recipient=correction.recipient,
        channel=MAIL,
        outcome__in=[Outcome.FAILED, Outcome.UNCLEAR],
        created_at__gte=now - get_settings().RESEND_WITHIN,
    )
    if correction.recipient is None:
        missed = missed.filter(pk=correction.notification.pk)
    chains = reread_chains(missed.values_list("pk", flat=True))
    again = [
        _again(members, correction, by=by)
        for members in chains.values()
        if _is_missed(members, correction.new)
    ]
    Notification.objects.bulk_create(again)
    if again:
        wake("deliver")
        hint_about(chains)
    return again


def _is_missed(members: list[Notification], address: str) -> bool:
    """Whether nobody was told, and no mail is on its way to the right address already."""
    return any(Outcome(item.outcome).needs_a_person for item in members) and not any(
        item.outcome == Outcome.IN_FLIGHT and item.address.casefold() == address.casefold()
        for item in members
        if item.channel == MAIL
    )


def _again(members: list[Notification], correction: Correction, *, by: Any) -> Notification:
    now = timezone.now()
    mails = [item for item in members if item.channel == MAIL]
    wrong = [item for item in mails if item.address.casefold() == correction.old.casefold()]
    last = (wrong or mails)[-1]
    return Notification(
        activity=last.activity,
        recipient=last.recipient,
        recipient_name=last.recipient_name,
        address=correction.new,
        channel=last.channel,
        chain_id=last.chain_id_or_own,
        previous=last,
        requested_by=by,
        due_at=now,
        created_at=now,
        changed_at=now,
    )


def _users() -> list[str]:
    """The users' addresses."""
    model = get_user_model()
    field = address_column(model)
    if field is None:
        return []
    known = model._default_manager.exclude(**{field: ""}).values_list(field, flat=True)
    return [address for address in known[:MOST_USERS] if address]


def _contacts(recipient: Any) -> list[str]:
    """What the host adds to them for this recipient; its failure costs suggestions only."""
    ask = get_settings().function("CONTACTS")
    if ask is None or recipient is None:
        return []
    try:
        return [str(known) for known in islice(ask(recipient), MOST_USERS)]
    except Exception:
        logger.exception("crm_notify: CONTACTS failed; nothing of it is suggested")
        return []
