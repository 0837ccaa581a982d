"""The verdicts that need no more than their kind, shared by all providers."""

from __future__ import annotations

from crm_notify.rules.evidence import Kind
from crm_notify.rules.providers.verdict import Verdict

SENT = Verdict(kind=Kind.SENT)
DELIVERED = Verdict(kind=Kind.DELIVERED)
DEFERRED = Verdict(kind=Kind.DEFERRED)
OPENED = Verdict(kind=Kind.OPENED)
CLICKED = Verdict(kind=Kind.CLICKED)
COMPLAINED = Verdict(kind=Kind.COMPLAINED)
UNSUBSCRIBED = Verdict(kind=Kind.UNSUBSCRIBED)
OTHER = Verdict(kind=Kind.OTHER)
BOUNCED = Verdict(kind=Kind.BOUNCED)
EXPIRED = Verdict(kind=Kind.EXPIRED)
REJECTED = Verdict(kind=Kind.REJECTED)
