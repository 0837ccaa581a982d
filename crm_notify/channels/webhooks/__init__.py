"""The webhooks that providers post: proven when they come, and read later by Anymail's views."""

from __future__ import annotations

from crm_notify.channels.webhooks.asking import NoAnswer
from crm_notify.channels.webhooks.reading import parse
from crm_notify.channels.webhooks.request import request_of
from crm_notify.channels.webhooks.signals import posted_mail, posted_tracking
from crm_notify.channels.webhooks.signing import BadSignature, signature
from crm_notify.channels.webhooks.table import NAMES

__all__ = [
    "NAMES",
    "BadSignature",
    "NoAnswer",
    "parse",
    "posted_mail",
    "posted_tracking",
    "request_of",
    "signature",
]
