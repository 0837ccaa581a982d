"""Which channels there are: mail, and what the host has set up beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial

from crm_notify.channels.base import MAIL, Channel
from crm_notify.channels.email import EmailChannel
from crm_notify.channels.short import is_repeated, short_channel
from crm_notify.conf import get_settings
from crm_notify.exceptions import SettingsError

#: Our own; each mail is sent at least once.
CHANNELS: dict[str, Callable[[], Channel]] = {MAIL: EmailChannel}

#: A name as short as "sms" is read as one.
ACRONYM = 3


def channels() -> dict[str, Callable[[], Channel]]:
    """By name, what opens each channel; it raises SettingsError where it is set up wrongly.

    Mail comes first: its failures are what the others are there for.
    """
    conf = get_settings()
    added = {
        name: partial(short_channel, name, given)
        for name, given in conf.CHANNELS.items()
        if name not in CHANNELS
    }
    return {**CHANNELS, **added}


def labels() -> dict[str, str]:
    """By name, what people call each channel that stands beside mail."""
    named = {}
    for name, given in get_settings().CHANNELS.items():
        label = given.get("LABEL") if isinstance(given, Mapping) else None
        named[name] = str(label or (name.upper() if len(name) <= ACRONYM else name.capitalize()))
    return named


def repeated() -> set[str]:
    """The channels by which is sent again what may or may not have gone out; mail is one."""
    again = set(CHANNELS)
    for name, given in get_settings().CHANNELS.items():
        with suppress(SettingsError):
            if is_repeated(name, given):
                again.add(name)
    return again
