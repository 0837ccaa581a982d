"""Speak mail over one connection, and turn whatever happens into an answer."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from crm_notify.channels.base import Answer, no_transaction
from crm_notify.channels.email.answers import LOST_CONNECTION, answer_to, status_answer
from crm_notify.channels.email.letter import write
from crm_notify.channels.email.mailer import Mailer, mailer
from crm_notify.conf import Settings, get_settings
from crm_notify.exceptions import RefusedInput, SettingsError
from crm_notify.models import Attempt
from crm_notify.rules.evidence import Blame

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
        self._connection: BaseEmailBackend | None = None
        self.provider = mailer.provider.name

    def send(self, attempt: Attempt) -> Answer:
        """Write and send the mail about this attempt.

        Raises only SendInTransaction; all else, a broken template or address included, is an
        answer, so that one poisoned row stops nobody.
        """
        with no_transaction():
            try:
                message = write(attempt, conf=self._conf, provider=self._mailer.provider)
            except RefusedInput as error:
                return Answer(
                    result=Attempt.Result.REFUSED, text=str(error), blame=Blame.ADDRESS
                )
            except Exception as error:
                logger.exception("crm_notify cannot write the mail of attempt %s", attempt.pk)
                return _our_fault(error)
            return self._speak(message)

    def close(self) -> None:
        """Close the connection, if there is one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(Exception):
                connection.close()

    def _speak(self, message: EmailMultiAlternatives) -> Answer:
        try:
            connection = self._connected()
        except SettingsError as error:
            return _our_fault(error)
        except Exception as error:
            self.close()
            return answer_to(error, sent=False)
        try:
            sent = connection.send_messages([message])
        except Exception as error:
            # A receiver of Anymail's post_send that raises does so after the provider has taken
            # the mail: what the provider said counts.
            said = status_answer(message)
            if said is not None and said.result == Attempt.Result.ACCEPTED:
                logger.exception("A post_send receiver failed; the mail was accepted")
                return said
            answer = answer_to(error, sent=True)
            if answer.result in LOST_CONNECTION:
                self.close()
            return answer
        return status_answer(message) or _without_status(sent)

    def _connected(self) -> BaseEmailBackend:
        if self._connection is None:
            self._connection = self._mailer.connect()
            self._connection.open()
        return self._connection


def _without_status(sent: int | None) -> Answer:
    """What a back end says that knows no more than how many messages it took."""
    if sent:
        return Answer(result=Attempt.Result.ACCEPTED)
    return Answer(
        result=Attempt.Result.REFUSED,
        text="The mailer took no message and gave no reason.",
        blame=Blame.UNKNOWN,
    )


def _our_fault(error: Exception) -> Answer:
    return Answer(
        result=Attempt.Result.REFUSED,
        text=f"{type(error).__name__}: {error}",
        blame=Blame.SENDER,
    )
