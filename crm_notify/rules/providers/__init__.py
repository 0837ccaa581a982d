"""What is known about each provider: what it can carry, and what its events say."""

from __future__ import annotations

from crm_notify.rules.providers.provider import Carriers, Envelope, Provider, carriers
from crm_notify.rules.providers.reading import read
from crm_notify.rules.providers.table import PROVIDERS, UNKNOWN, provider_of

__all__ = [
    "PROVIDERS",
    "UNKNOWN",
    "Carriers",
    "Envelope",
    "Provider",
    "carriers",
    "provider_of",
    "read",
]
