"""What every channel promises: it takes one letter, speaks once, and says what came of it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from django.db import connections

from crm_notify.exceptions import SendInTransaction
from crm_notify.models import Attempt
from crm_notify.rules.evidence import Blame

#: The channel of everybody's first notification.
MAIL = "email"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came of one call. ``text`` may hold the other side's words: hostile, to be escaped."""

    result: Attempt.Result
    message_id: str = ""
    code: str = ""
    text: str = ""
    blame: Blame = Blame.NONE


class Speaker(Protocol):
    """A channel with its connections open, for one thread."""

    def send(self, attempt: Attempt) -> Answer:
        """Send one notification; never raises for what the message or the other side did."""


class Channel(Protocol):
    """A way to reach people."""

    def provider_of(self, tenant: str) -> str:
        """By whom a tenant's messages go; raises SettingsError, with what to type, if by nobody."""

    def open(self) -> AbstractContextManager[Speaker]:
        """Be open for one thread, for any number of letters."""


def refuse_in_transaction() -> None:
    """Raise SendInTransaction while one is open: a roll-back could not take a mail back."""
    for connection in connections.all(initialized_only=True):
        if connection.in_atomic_block:
            raise SendInTransaction(
                f'A transaction is open on the database "{connection.alias}"; send after it.'
            )
