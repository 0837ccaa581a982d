"""Which channels there are."""

from __future__ import annotations

from collections.abc import Callable

from crm_notify.channels.base import Channel
from crm_notify.channels.email import EmailChannel

CHANNELS: dict[str, Callable[[], Channel]] = {"email": EmailChannel}
