"""How old a signed request may be: as long as its provider may still be trying to bring it."""

from __future__ import annotations

from datetime import datetime, timedelta

from crm_notify.rules.body.document import canonical
from crm_notify.rules.retrying import retrying

#: Where a host can make a provider try for longer than it does by itself. No delivery policy of
#: SNS lasts more than 3,600 seconds:
#: docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
_AT_MOST = {"amazon_ses": timedelta(hours=1)}

#: Twice that time, for queues on both sides, and clocks. "There can be delays in webhook
#: processing", says documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks.
_GENEROUS = 2


def holds_for(provider: str, via: str) -> timedelta | None:
    """How long a signature counts, or None where it is not known how long the provider tries."""
    lasts = _AT_MOST.get(canonical(provider)) or retrying(provider, via).lasts
    return lasts * _GENEROUS if lasts else None


def is_too_old(provider: str, via: str, *, signed_at: datetime, now: datetime) -> bool:
    """Whether what was signed at ``signed_at`` can be no delivery any more, but only a copy."""
    holds = holds_for(provider, via)
    return holds is not None and now - signed_at > holds
