"""One entry of ``CHANNELS`` in the settings, read and made into a channel."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.module_loading import import_string

from crm_notify.channels.base import MAIL
from crm_notify.channels.short.channel import ShortChannel
from crm_notify.exceptions import CrmNotifyError, SettingsError
from crm_notify.rules.providers import PROVIDERS

#: It stands in rows, links and forms.
_NAME = re.compile(r"[a-z][a-z0-9_]{0,29}")


def short_channel(name: str, given: object) -> ShortChannel:
    """Return the channel; raise SettingsError, which says what to type and quotes no option."""
    kind, options = _read(name, given)
    try:
        messenger = kind(**options)
    except Exception as error:
        # Of what is not ours or Python's own, the words may quote a secret.
        told = isinstance(error, (CrmNotifyError, TypeError))
        said = str(error) if told else f"its constructor raised {type(error).__name__}."
        raise SettingsError(f"{_place(name)}: {said}") from error
    return ShortChannel(name, messenger)


def is_repeated(name: str, given: object) -> bool:
    """Whether what may or may not have gone out by it is sent again; else it is given up."""
    return getattr(_read(name, given)[0], "repeats", False) is True


def _read(name: str, given: object) -> tuple[Any, Mapping[str, Any]]:
    if not _NAME.fullmatch(str(name)) or name in {MAIL, *PROVIDERS}:
        raise SettingsError(
            f"{_place(name)}: name it with at most 30 lower-case letters, digits and underscores, "
            "and not after mail or one of its providers."
        )
    if not isinstance(given, Mapping) or set(given) - {"CLASS", "OPTIONS", "LABEL"}:
        given = {}
    path, options = given.get("CLASS"), given.get("OPTIONS", {})
    if not isinstance(path, str) or not isinstance(options, Mapping):
        raise SettingsError(
            f'{_place(name)} must be {{"CLASS": "<dotted path of a class>", "OPTIONS": {{...}}}}.'
        )
    try:
        kind = import_string(path)
    except ImportError as error:
        raise SettingsError(f"{_place(name)}: {error}") from error
    if not callable(getattr(kind, "send", None)):
        raise SettingsError(f"{_place(name)}: {path} has no method send(to, text, notification).")
    return kind, options


def _place(name: object) -> str:
    return f'CRM_NOTIFY["CHANNELS"][{name!r}]'
