"""What is known about each provider: what it can carry, and what its events say."""

from __future__ import annotations

from crm_notify.rules.providers.provider import (
    Carriers,
    Envelope,
    MessageId,
    Provider,
    Signature,
    carriers,
    takes_header,
)
from crm_notify.rules.providers.reading import read
from crm_notify.rules.providers.table import PROVIDERS, UNKNOWN, provider_of

__all__ = [
    "PROVIDERS",
    "UNKNOWN",
    "Carriers",
    "Envelope",
    "MessageId",
    "Provider",
    "Signature",
    "carriers",
    "provider_of",
    "read",
    "takes_header",
]
