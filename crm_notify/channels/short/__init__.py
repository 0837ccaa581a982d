"""Channels that carry a short text; what a host adds is one small class."""

from __future__ import annotations

from crm_notify.channels.short.channel import Messenger, ShortChannel
from crm_notify.channels.short.configured import is_repeated, short_channel

__all__ = ["Messenger", "ShortChannel", "is_repeated", "short_channel"]
