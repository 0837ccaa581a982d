"""Speak mail over one connection, and turn whatever happens into an answer."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial

from django.core.mail.backends.base import BaseEmailBackend

from crm_notify.channels.base import Answer, refuse_in_transaction
from crm_notify.channels.email.answers import (
    LOST_CONNECTION,
    count_answer,
    error_answer,
    may_have_been_taken,
    our_fault,
    status_answer,
)
from crm_notify.channels.email.letter import write
from crm_notify.channels.email.mailer import Mailer, mailer
from crm_notify.channels.email.message import Letter
from crm_notify.conf import Settings, get_settings
from crm_notify.exceptions import RefusedInput
from crm_notify.models import Attempt
from crm_notify.rules.evidence import Blame
from crm_notify.rules.providers import Provider
from crm_notify.scope import scope

logger = logging.getLogger(__name__)


class EmailChannel:
    """The channel ``email``."""

    def __init__(self) -> None:
        self._conf = get_settings()
        self._mailer = mailer(self._conf)
        self.provider = self._mailer.provider.name

    @contextmanager
    def open(self) -> Iterator[EmailSpeaker]:
        """Keep one connection to the provider for as long as there is something to say."""
        speaker = EmailSpeaker(self._conf, self._mailer)
        try:
            yield speaker
        finally:
            speaker.close()


class EmailSpeaker:
    """One thread's connection; opened at the first letter, and anew after it was lost."""

    def __init__(self, conf: Settings, mailer: Mailer) -> None:
        self._conf = conf
        self._mailer = mailer
        self._backend: BaseEmailBackend | None = None
        self.provider = mailer.provider.name

    def send(self, attempt: Attempt) -> Answer:
        """Write and send the mail about this attempt.

        Raises only SendInTransaction; all else, a broken template or address included, is an
        answer, so that one poisoned row stops nobody.
        """
        return self.say(partial(_write, attempt), about=f"the mail of attempt {attempt.pk}")

    def say(self, write: Callable[..., Letter], *, about: str) -> Answer:
        """Send what ``write`` returns, which is told our settings and the provider; as ``send``.

        ``about`` is what the log calls it.
        """
        refuse_in_transaction()
        try:
            letter = write(conf=self._conf, provider=self._mailer.provider)
        except RefusedInput as error:
            return Answer(result=Attempt.Result.REFUSED, text=str(error), blame=Blame.ADDRESS)
        except Exception as error:
            logger.exception("crm_notify cannot write %s", about)
            return our_fault(error)
        return self._speak(letter)

    def close(self) -> None:
        """Close the connection, if there is one."""
        backend, self._backend = self._backend, None
        if backend is not None:
            with suppress(Exception):
                backend.close()

    def _speak(self, letter: Letter) -> Answer:
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
                return self._speak(letter)
            return self._failed(letter, error, begun=begun)
        return status_answer(letter) or count_answer(letter, sent)

    def _connected(self) -> BaseEmailBackend:
        if self._backend is None:
            self._backend = self._mailer.connect()
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


def _write(attempt: Attempt, *, conf: Settings, provider: Provider) -> Letter:
    """A host's templates and LANGUAGE may read its rows: those of this tenant."""
    with scope(attempt.tenant):
        return write(attempt, conf=conf, provider=provider)


def _hung_up(error: Exception) -> bool:
    """Whether a mail server ended the conversation; it says so with 421, or says nothing."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return any(code == 421 for code, _ in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code == 421
    return isinstance(error, (smtplib.SMTPServerDisconnected, ConnectionError))
