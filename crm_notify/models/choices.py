"""The rules' words as choices, with what people read for each."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from crm_notify.rules.evidence import Blame, Evidence, Kind
from crm_notify.rules.ladder import Role
from crm_notify.rules.near_miss import Why
from crm_notify.rules.outcome import Dispatch, Outcome

DISPATCH = [
    (Dispatch.QUEUED.value, _("queued")),
    (Dispatch.SENDING.value, _("being sent")),
    (Dispatch.UNKNOWN.value, _("unknown whether sent")),
    (Dispatch.DONE.value, _("handed over")),
    (Dispatch.CANCELLED.value, _("not to be sent")),
]
EVIDENCE = [
    (Evidence.NONE.value, _("none")),
    (Evidence.HANDED_OVER.value, _("handed over")),
    (Evidence.SENT.value, _("sent")),
    (Evidence.DEFERRED.value, _("deferred")),
    (Evidence.UNCLEAR.value, _("unclear")),
    (Evidence.DELIVERED.value, _("delivered")),
    (Evidence.REFUSED.value, _("refused at the call")),
    (Evidence.REJECTED.value, _("rejected")),
    (Evidence.EXPIRED.value, _("given up")),
    (Evidence.BOUNCED.value, _("bounced")),
]
OUTCOME = [
    (Outcome.IN_FLIGHT.value, _("on its way")),
    (Outcome.UNCLEAR.value, _("not confirmed")),
    (Outcome.PRESUMED.value, _("presumed")),
    (Outcome.TOLD.value, _("told")),
    (Outcome.FAILED.value, _("failed")),
    (Outcome.CLOSED.value, _("closed")),
]
BLAME = [
    (Blame.ADDRESS.value, _("the address does not exist")),
    (Blame.MAILBOX.value, _("the mailbox cannot take mail now")),
    (Blame.POLICY.value, _("the receiving side does not want it")),
    (Blame.CONTENT.value, _("the content was refused")),
    (Blame.SENDER.value, _("our own sender or set-up was refused")),
    (Blame.SERVER.value, _("the receiving server failed")),
    (Blame.UNKNOWN.value, _("no reason was given")),
]
KIND = [
    (Kind.SENT.value, _("sent")),
    (Kind.DEFERRED.value, _("deferred")),
    (Kind.UNCLEAR.value, _("unclear")),
    (Kind.DELIVERED.value, _("delivered")),
    (Kind.REJECTED.value, _("rejected by the provider")),
    (Kind.EXPIRED.value, _("given up")),
    (Kind.BOUNCED.value, _("bounced")),
    (Kind.AUTO_REPLIED.value, _("automatic reply")),
    (Kind.COMPLAINED.value, _("reported as spam")),
    (Kind.UNSUBSCRIBED.value, _("unsubscribed")),
    (Kind.OPENED.value, _("opened")),
    (Kind.CLICKED.value, _("clicked")),
    (Kind.OTHER.value, _("other")),
    (Kind.SEEN.value, _("seen in the CRM")),
    (Kind.STATED.value, _("told in person")),
    (Kind.CLOSED.value, _("closed")),
    (Kind.UNCONFIRMED.value, _("not confirmed in time")),
    (Kind.PRESUMED.value, _("presumed delivered")),
]
#: Why an address may be the right one, in words that follow it.
MEANT = {
    Why.TODAY: _("is the address on file today"),
    Why.SPELLING: _("is spelled almost alike"),
    Why.DOMAIN: _("has the same name at a domain almost alike"),
}
ROLE = [
    (Role.ACTOR.value, _("acting user")),
    (Role.BACKUP.value, _("backup")),
    (Role.ADMINS.value, _("admins")),
    (Role.HANDED.value, _("handed over by another")),
]
