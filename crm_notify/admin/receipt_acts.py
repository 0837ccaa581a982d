"""What can be done about a receipt that waits for a person: nobody could read it, or trusts it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_notify.admin import notification_acts
from crm_notify.admin.acts import Act
from crm_notify.admin.search import one_notification
from crm_notify.exceptions import RefusedInput
from crm_notify.models import Receipt
from crm_notify.rules.text import one_line
from crm_notify.steps.mend import WAITING, attach_receipt, close_receipt, let_in, try_again

CHANGE = "crm_notify.change_receipt"
State = Receipt.State
#: What a click is told that somebody else's has crossed.
GONE = gettext_lazy("It does not wait for a person any more.")


def may_change(user: Any, receipt: Receipt) -> bool:
    """Who may change receipts."""
    return bool(user.has_perm(CHANGE))


def may_attach(user: Any, receipt: Receipt) -> bool:
    """Who may change receipts, and what is said of notifications."""
    return bool(user.has_perms([CHANGE, notification_acts.CHANGE]))


def waits(receipt: Receipt) -> bool:
    """Whether it waits for a person."""
    return receipt.state in WAITING


def _read_again(receipt: Receipt, user: Any, text: str) -> str:
    if not try_again([receipt.pk]):
        raise RefusedInput(GONE)
    return _("To be read again.")


def _let_in(receipt: Receipt, user: Any, text: str) -> str:
    let = let_in([receipt.pk])
    receipt.refresh_from_db(fields=["state", "verdict", "error"])
    if not let:
        stays = receipt.state == State.QUARANTINED
        raise RefusedInput(_("Not let in: %s") % receipt.error if stays else GONE)
    if receipt.verdict == Receipt.Verdict.VALID:
        return _("Let in, to be read: its signature holds with today's key.")
    return _("Let in, to be read, on the shared secret alone: no key is set for its signature.")


def _attach(receipt: Receipt, user: Any, term: str) -> str:
    notification = one_notification(term, user=user)
    attach_receipt(receipt.pk, notification, by=user)
    return _("Attached to notification #%d.") % notification


def _close(receipt: Receipt, user: Any, reason: str) -> str:
    close_receipt(receipt.pk, by=user, reason=reason)
    return _("Closed: %s") % one_line(reason, 500)


READ_AGAIN = Act(
    name="read_again",
    label=gettext_lazy("Read again"),
    hint=gettext_lazy("What is known already is not counted twice."),
    run=_read_again,
    allowed=may_change,
    possible=lambda receipt: receipt.state == State.FAILED,
)
LET_IN = Act(
    name="let_in",
    label=gettext_lazy("Let in"),
    hint=gettext_lazy("Only if its signature holds with the key that is set today."),
    run=_let_in,
    allowed=may_change,
    possible=lambda receipt: receipt.state == State.QUARANTINED,
    in_transaction=False,
)
ATTACH = Act(
    name="attach",
    label=gettext_lazy("Attach to a notification"),
    hint=gettext_lazy(
        "Its number, a token or the whole address of a bounce, or a Message-ID. Unless a delivery "
        "is heard of, somebody is asked what became of it."
    ),
    ask=gettext_lazy("Which notification it is about"),
    run=_attach,
    allowed=may_attach,
    possible=waits,
)
CLOSE = Act(
    name="close",
    label=gettext_lazy("Close with a reason"),
    hint=gettext_lazy("Nobody will read it. Its bytes are kept."),
    ask=gettext_lazy("Reason"),
    run=_close,
    allowed=may_change,
    possible=waits,
)
