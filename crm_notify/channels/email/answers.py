"""What came of a call, said or raised: taken, refused, to be tried later, or unknown."""

from __future__ import annotations

import smtplib
import socket

from anymail.exceptions import AnymailAPIError
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from crm_notify.channels.base import Answer
from crm_notify.channels.email.api_answers import api_answer
from crm_notify.channels.email.smtp import SmtpBackend
from crm_notify.channels.email.smtp_answers import smtp_answer
from crm_notify.models import Attempt
from crm_notify.rules.evidence import Blame

Result = Attempt.Result

#: After these the connection is not trusted any more.
LOST_CONNECTION = frozenset({Result.UNKNOWN, Result.LATER})

#: Anymail's words for a recipient that the provider did not take (anymail.message).
_REFUSED = {"invalid": Blame.ADDRESS, "rejected": Blame.POLICY, "failed": Blame.UNKNOWN}


def status_answer(message: EmailMultiAlternatives) -> Answer | None:
    """What the provider said of the one recipient, by Anymail's ``anymail_status``; else None."""
    status = getattr(message, "anymail_status", None)
    if status is None or not status.recipients:
        return None
    # Where the provider writes the address in another way than we do, Anymail has two entries,
    # one of which knows nothing.
    said = max(status.recipients.values(), key=lambda entry: bool(entry.message_id))
    message_id = str(said.message_id or "")
    if said.status in _REFUSED:
        words = getattr(status.esp_response, "text", "")
        return Answer(
            result=Result.REFUSED,
            message_id=message_id,
            text=f"The provider answered: {said.status}. {words}".strip(),
            blame=_REFUSED[said.status],
        )
    return Answer(result=Result.ACCEPTED, message_id=message_id)


def count_answer(message: EmailMultiAlternatives, sent: int | None) -> Answer:
    """What a back end says that knows no more than how many messages it took."""
    if sent:
        return Answer(result=Result.ACCEPTED)
    if hasattr(message, "anymail_status"):
        text = "A receiver of Anymail's pre_send signal cancelled the mail."
        return Answer(result=Result.REFUSED, text=text, blame=Blame.SENDER)
    text = "The mailer took no message and gave no reason."
    return Answer(result=Result.REFUSED, text=text, blame=Blame.UNKNOWN)


def error_answer(error: Exception, *, begun: bool) -> Answer:
    """Read what a back end raised. ``begun`` says whether the mail may have been taken."""
    if isinstance(error, AnymailAPIError):
        return api_answer(error)
    if isinstance(error, smtplib.SMTPException):
        answer = smtp_answer(error, begun=begun)
        if answer is not None:
            return answer
    if begun or isinstance(error, OSError):
        result = Result.UNKNOWN if begun else Result.LATER
        return Answer(result=result, text=_words(error), blame=Blame.SERVER)
    return our_fault(error)


def may_have_been_taken(
    backend: BaseEmailBackend, message: EmailMultiAlternatives, error: Exception
) -> bool:
    """Whether a call that failed may have handed the mail over all the same."""
    if isinstance(backend, SmtpBackend):
        return backend.text_begun
    status = getattr(message, "anymail_status", None)
    if status is not None:
        # The provider had answered, and its answer could not be read.
        return status.esp_response is not None
    # A back end of which nothing is known.
    never = (ConnectionRefusedError, socket.gaierror)
    return isinstance(error, OSError) and not isinstance(error, never)


def our_fault(error: Exception) -> Answer:
    """A broken setting, template or sender: no retry mends it, and the admins must hear of it."""
    return Answer(result=Result.REFUSED, text=_words(error), blame=Blame.SENDER)


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
