"""What the body of a webhook request holds: a ping, nothing, an event, many of them, or mail."""

from __future__ import annotations

from crm_notify.rules.body.batches import split
from crm_notify.rules.body.emptiness import is_empty, is_ping
from crm_notify.rules.body.mails import carries_mail, raw_mails

__all__ = ["carries_mail", "is_empty", "is_ping", "raw_mails", "split"]
