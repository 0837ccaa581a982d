"""The webhooks that providers post: proven when they come, and read later by Anymail's views."""

from __future__ import annotations

from crm_notify.channels.http import NoAnswer
from crm_notify.channels.webhooks.errors import BadSignature
from crm_notify.channels.webhooks.reading import parse
from crm_notify.channels.webhooks.request import request_of
from crm_notify.channels.webhooks.signals import (
    is_ours,
    posted_inbound,
    posted_tracking,
    tell_others,
)
from crm_notify.channels.webhooks.signing import signature
from crm_notify.channels.webhooks.table import NAMES

__all__ = [
    "NAMES",
    "BadSignature",
    "NoAnswer",
    "is_ours",
    "parse",
    "posted_inbound",
    "posted_tracking",
    "request_of",
    "signature",
    "tell_others",
]
