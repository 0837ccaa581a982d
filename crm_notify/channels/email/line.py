"""One connection to one mailer, and whatever happens on it turned into an answer."""

from __future__ import annotations

import logging
import smtplib
from contextlib import suppress

from django.core.mail.backends.base import BaseEmailBackend

from crm_notify.channels.base import Answer
from crm_notify.channels.email.answers import (
    LOST_CONNECTION,
    count_answer,
    error_answer,
    may_have_been_taken,
    status_answer,
)
from crm_notify.channels.email.mailer import Mailer
from crm_notify.channels.email.message import Letter
from crm_notify.models import Attempt

logger = logging.getLogger(__name__)

#: How many mailers one thread keeps a connection to; the one used longest ago gives way.
MOST = 20


class Line:
    """One thread's connection; opened at the first letter, and anew after it was lost."""

    def __init__(self, mailer: Mailer) -> None:
        self.mailer = mailer
        self._backend: BaseEmailBackend | None = None

    def speak(self, letter: Letter) -> Answer:
        """Send it; never raises."""
        used_before = self._backend is not None
        try:
            backend = self._connected()
        except Exception as error:  # noqa: BLE001 - whatever a back end raises is an answer
            self.close()
            return error_answer(error, begun=False)
        try:
            sent = backend.send_messages([letter])
        except Exception as error:  # noqa: BLE001 - as above
            begun = may_have_been_taken(backend, letter, error)
            if used_before and not begun and _hung_up(error):
                # It was closed while it lay idle, or had carried as much as the server allows.
                self.close()
                return self.speak(letter)
            return self._failed(letter, error, begun=begun)
        return status_answer(letter) or count_answer(letter, sent)

    def close(self) -> None:
        """Close the connection, if there is one."""
        backend, self._backend = self._backend, None
        if backend is not None:
            with suppress(Exception):
                backend.close()

    def _connected(self) -> BaseEmailBackend:
        if self._backend is None:
            self._backend = self.mailer.connect()
            self._backend.open()
        return self._backend

    def _failed(self, letter: Letter, error: Exception, *, begun: bool) -> Answer:
        said = status_answer(letter)
        if said is not None:
            # The provider has spoken, and that counts: Anymail raises where it took nobody, and
            # where a receiver of post_send failed.
            if said.result == Attempt.Result.ACCEPTED:
                logger.error("A receiver of Anymail's post_send failed", exc_info=error)
            return said
        answer = error_answer(error, begun=begun)
        if answer.result in LOST_CONNECTION:
            self.close()
        return answer


class Lines:
    """The lines of one thread, one to each mailer that it speaks by."""

    def __init__(self) -> None:
        #: The one used last stands last. Options hash to nothing, so that they are compared.
        self._open: list[Line] = []

    def to(self, mailer: Mailer) -> Line:
        """The line to this mailer; at most MOST stay open."""
        line = next((one for one in reversed(self._open) if one.mailer == mailer), None)
        if line is None:
            line = Line(mailer)
            while len(self._open) >= MOST:
                self._open.pop(0).close()
        else:
            self._open.remove(line)
        self._open.append(line)
        return line

    def close(self) -> None:
        """Close them all."""
        while self._open:
            self._open.pop().close()


def _hung_up(error: Exception) -> bool:
    """Whether a mail server ended the conversation; it says so with 421, or says nothing."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return any(code == 421 for code, _ in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code == 421
    return isinstance(error, (smtplib.SMTPServerDisconnected, ConnectionError))
