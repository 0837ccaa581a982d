"""Messengers as hosts might write them."""

from __future__ import annotations

from typing import Any

from crm_notify.channels.base import Answer
from crm_notify.models import Notification


class Paper:
    """The smallest there is."""

    def send(self, to: str, text: str, notification: Notification) -> None:
        return None


class Scripted:
    """It says or raises what its option ``says`` holds, and keeps what it was asked to send."""

    def __init__(self, says: Any = None, sent: list[tuple[str, str]] | None = None) -> None:
        self.says = says
        self.sent = [] if sent is None else sent

    def send(self, to: str, text: str, notification: Notification) -> Answer | None:
        self.sent.append((to, text))
        if isinstance(self.says, BaseException):
            raise self.says
        if callable(self.says):
            self.says()
            return None
        return self.says  # type: ignore[no-any-return]


class Again(Scripted):
    """What may or may not have gone out is repeated."""

    repeats = True


class Mute:
    """It has no way to send."""


class Leaky:
    """Its constructor says too much."""

    def __init__(self, token: str) -> None:
        raise ValueError(f"bad token {token}")

    def send(self, to: str, text: str, notification: Notification) -> None:
        return None
