"""Django's signals, connected for the models of the setting TRACK and for no other."""

from __future__ import annotations

from typing import Any

from django.core.signals import setting_changed
from django.db.models.signals import m2m_changed, post_save, pre_save
from django.dispatch import Signal

from crm_notify.exceptions import SettingsError
from crm_notify.steps.tracking.bind import tracked
from crm_notify.steps.tracking.track import after_save, before_save, members_changed

UID = "crm_notify.saves"

#: What is connected now, to be taken away when the settings change.
_connected: list[tuple[Signal, Any]] = []


def connect() -> None:
    """Listen to the saves of what is tracked; a wrong setting is left to the checks."""
    while _connected:
        signal, sender = _connected.pop()
        signal.disconnect(sender=sender, dispatch_uid=UID)
    try:
        items = tracked()
    except SettingsError:
        return
    for model, item in items.items():
        _listen(pre_save, before_save, model)
        _listen(post_save, after_save, model)
        for field in item.sets:
            _listen(m2m_changed, members_changed, field.remote_field.through)


def _listen(signal: Signal, receiver: Any, sender: Any) -> None:
    signal.connect(receiver, sender=sender, dispatch_uid=UID)
    _connected.append((signal, sender))


def _reconnect(*, setting: str, **kwargs: Any) -> None:
    if setting == "CRM_NOTIFY":
        connect()


setting_changed.connect(_reconnect, dispatch_uid=UID)
