"""A messenger, the small class that a host writes, made into a channel."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from crm_notify.channels.base import Answer, refuse_in_transaction
from crm_notify.channels.short.answers import error_answer, refused
from crm_notify.channels.short.text import write
from crm_notify.exceptions import RefusedInput
from crm_notify.models import Attempt, Notification
from crm_notify.rules.evidence import Blame
from crm_notify.rules.text import has_control
from crm_notify.senders import for_tenant

logger = logging.getLogger(__name__)

Result = Attempt.Result

#: What a call can come to; the other results are ours to write.
_SAID = frozenset({Result.ACCEPTED, Result.LATER, Result.REFUSED, Result.UNKNOWN})


class Messenger(Protocol):
    """What carries a short text to an address; its options go to its constructor.

    With ``repeats = True`` on the class, what may or may not have gone out is sent again; without
    it nobody gets a message twice.
    """

    def send(self, to: str, text: str, notification: Notification) -> Answer | None:
        """Hand ``text`` over for ``to``; None says that it was taken.

        Whatever it raises means that nobody knows whether it was, and it is not sent again; only
        what shows that no connection came about is tried later, and RefusedInput says that the
        address is none.
        """


class ShortChannel:
    """One channel of ``CHANNELS``, for one thread; its name there is its provider's."""

    def __init__(self, name: str, messenger: Messenger) -> None:
        self._name = name
        self._messenger = messenger

    def provider_of(self, tenant: str) -> str:
        """Everybody's go by the same; raises SettingsError where his text could not be written."""
        for_tenant(tenant)
        return self._name

    @contextmanager
    def open(self) -> Iterator[ShortChannel]:
        """A messenger keeps its own connections, where it has any."""
        yield self

    def send(self, attempt: Attempt) -> Answer:
        """Write and hand over the message of this attempt.

        Raises only SendInTransaction; all else is an answer, so that one poisoned row stops nobody.
        """
        refuse_in_transaction()
        to = attempt.address.strip()
        if not to or has_control(to):
            return refused(RefusedInput("There is no address that can be used."))
        try:
            conf = for_tenant(attempt.notification.activity.tenant)
            text = write(attempt.notification, conf=conf)
        except Exception:
            logger.exception("crm_notify cannot write the message of attempt %s", attempt.pk)
            broken = "The text could not be written; see the log."
            return Answer(result=Result.REFUSED, text=broken, blame=Blame.SENDER)
        try:
            said = self._messenger.send(to, text, attempt.notification)
        except RefusedInput as error:
            return refused(error)
        except Exception as error:  # noqa: BLE001 - whatever it raises is an answer
            return error_answer(error)
        return _understood(said)


def _understood(said: object) -> Answer:
    """None is a yes; what is no answer, such as False, leaves everything open."""
    if said is None:
        return Answer(result=Result.ACCEPTED)
    if isinstance(said, Answer) and said.result in _SAID:
        return said
    text = f"The messenger returned {type(said).__name__} instead of None or an Answer."
    logger.error("crm_notify: %s", text)
    return Answer(result=Result.UNKNOWN, text=text, blame=Blame.SENDER)
