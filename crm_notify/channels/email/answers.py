"""What each way of failing says: passing, final, or unknown whether the mail went out."""

from __future__ import annotations

import re
import smtplib
import socket
from collections.abc import Callable
from typing import Any

from anymail.exceptions import (
    AnymailAPIError,
    AnymailCancelSend,
    AnymailConfigurationError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailSerializationError,
    AnymailUnsupportedFeature,
)
from django.core.mail import EmailMultiAlternatives
from urllib3.exceptions import NewConnectionError

from crm_notify.channels.base import Answer
from crm_notify.models import Attempt
from crm_notify.rules.evidence import Blame

Result = Attempt.Result

#: After these the connection cannot be trusted any more.
LOST_CONNECTION = frozenset({Result.UNKNOWN, Result.LATER})

#: HTTP answers after which the same call may succeed. Not 502 and 504: a gateway gave up waiting,
#: and the provider behind it may well have taken the mail.
PASSING_HTTP = frozenset({408, 425, 429, 500, 503})
UNKNOWN_HTTP = frozenset({502, 504})
#: HTTP answers that speak of our account, not of the message.
OUR_HTTP = frozenset({401, 402, 403, 404, 405})
#: boto3's names for what may pass (Amazon SES v2, "Common Errors" and SendEmail).
PASSING_AWS = frozenset(
    {
        "InternalFailure",
        "InternalServiceError",
        "LimitExceededException",
        "ServiceUnavailable",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
#: Names of what requests and botocore raise before a request has left (botocore is optional).
NOT_ARRIVED = frozenset(
    {"ConnectTimeout", "SSLError", "ConnectTimeoutError", "EndpointConnectionError"}
)
#: Anymail's word for each recipient (anymail.message.ANYMAIL_STATUSES).
REFUSED_STATUSES = frozenset({"invalid", "rejected", "failed"})

_ENHANCED = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")


def status_answer(message: EmailMultiAlternatives) -> Answer | None:
    """What the provider said of the one recipient, by Anymail's ``anymail_status``; else None."""
    status = getattr(message, "anymail_status", None)
    if status is None or not status.recipients:
        return None
    recipient = next(iter(status.recipients.values()))
    message_id = str(recipient.message_id or "")
    if recipient.status in REFUSED_STATUSES:
        return Answer(
            result=Result.REFUSED,
            message_id=message_id,
            text=f"The provider answered: {recipient.status}.",
            blame=Blame.ADDRESS if recipient.status == "invalid" else Blame.POLICY,
        )
    return Answer(result=Result.ACCEPTED, message_id=message_id)


def answer_to(error: Exception, *, sent: bool) -> Answer:
    """Read an exception of a mailer. ``sent`` says whether the message may have been on its way."""
    for kinds, read in _READERS:
        if isinstance(error, kinds):
            return read(error)
    if isinstance(error, (OSError, EOFError)):
        return _answer(Result.UNKNOWN if sent else Result.LATER, error, blame=Blame.SERVER)
    return _answer(Result.REFUSED, error, blame=Blame.SENDER)


def _answer(
    result: Attempt.Result, error: object, *, code: str = "", blame: Blame = Blame.UNKNOWN
) -> Answer:
    return Answer(result=result, code=code, text=str(error), blame=blame)


def _not_connected(error: Any) -> Answer:
    return _answer(Result.LATER, error, blame=Blame.SERVER)


def _set_up(error: Any) -> Answer:
    return _answer(Result.REFUSED, f"{type(error).__name__}: {error}", blame=Blame.SENDER)


def _refused_by_provider(error: Any) -> Answer:
    return _answer(Result.REFUSED, error, blame=Blame.ADDRESS)


def _cancelled(error: Any) -> Answer:
    return _answer(Result.REFUSED, "A pre_send receiver cancelled it.", blame=Blame.SENDER)


def _smtp_recipients(error: Any) -> Answer:
    ((code, said),) = list(error.recipients.values())[:1]
    return _smtp(int(code), said)


def _smtp_response(error: Any) -> Answer:
    answer = _smtp(int(error.smtp_code), error.smtp_error)
    if isinstance(error, smtplib.SMTPAuthenticationError) and answer.result == Result.REFUSED:
        return _set_up(error)
    return answer


def _smtp(code: int, said: bytes | str) -> Answer:
    """RFC 5321 section 4.2.1: 4yz may pass, 5yz will not."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    found = _ENHANCED.search(text)
    status = found.group(1) if found else str(code)
    blame = Blame.UNKNOWN
    for prefix, meant in _BLAME_OF_STATUS:
        if status[1:].startswith(prefix):
            blame = meant
            break
    result = Result.REFUSED if code >= 500 else Result.LATER
    return _answer(result, f"{code} {text}", code=status, blame=blame)


#: RFC 3463 section 3, and what receivers mean by it.
_BLAME_OF_STATUS = (
    (".1.7", Blame.SENDER),
    (".1.8", Blame.SENDER),
    (".1.", Blame.ADDRESS),
    (".2.1", Blame.ADDRESS),
    (".2.", Blame.MAILBOX),
    (".4.", Blame.SERVER),
    (".3.4", Blame.CONTENT),
    (".6.", Blame.CONTENT),
    (".7.26", Blame.SENDER),
    (".7.", Blame.POLICY),
)


def _api(error: Any) -> Answer:
    """An answer of a provider's HTTP API, or a failure on the way to it."""
    code = error.status_code
    if code is None:
        return _aws(error) if hasattr(error, "operation_name") else _without_answer(error)
    if code in UNKNOWN_HTTP or 200 <= code < 300:
        # A gateway's word, or a success that could not be read: it may have been taken.
        return _answer(Result.UNKNOWN, error, code=str(code), blame=Blame.SERVER)
    if code in PASSING_HTTP or code >= 500:
        return _answer(Result.LATER, error, code=str(code), blame=Blame.SERVER)
    blame = Blame.SENDER if code in OUR_HTTP else Blame.UNKNOWN
    return _answer(Result.REFUSED, error, code=str(code), blame=blame)


def _without_answer(error: Any) -> Answer:
    """The request got no answer: it may pass if it cannot have arrived, else nobody knows."""
    names = {kind.__name__ for kind in type(error).__mro__}
    if names & NOT_ARRIVED or _never_connected(error):
        return _not_connected(error)
    return _answer(Result.UNKNOWN, error, blame=Blame.SERVER)


def _never_connected(error: BaseException) -> bool:
    """Whether urllib3, below requests, says that not even a connection came about."""
    cause = error.__cause__
    pool_error = cause.args[0] if cause is not None and cause.args else None
    return isinstance(getattr(pool_error, "reason", None), NewConnectionError)


def _aws(error: Any) -> Answer:
    code = str(error.response.get("Error", {}).get("Code", ""))
    if code in PASSING_AWS:
        return _answer(Result.LATER, error, code=code[:20], blame=Blame.SERVER)
    return _answer(Result.REFUSED, error, code=code[:20], blame=Blame.SENDER)


#: The first kind that fits reads the error, so the narrower ones stand first.
_READERS: tuple[tuple[tuple[type[BaseException], ...], Callable[[Any], Answer]], ...] = (
    ((AnymailCancelSend,), _cancelled),
    ((AnymailRecipientsRefused,), _refused_by_provider),
    ((AnymailInvalidAddress,), _refused_by_provider),
    (
        (AnymailUnsupportedFeature, AnymailConfigurationError, AnymailSerializationError),
        _set_up,
    ),
    ((AnymailAPIError,), _api),
    ((smtplib.SMTPRecipientsRefused,), _smtp_recipients),
    ((smtplib.SMTPConnectError, ConnectionRefusedError, socket.gaierror), _not_connected),
    ((smtplib.SMTPNotSupportedError,), _set_up),
    ((smtplib.SMTPResponseException,), _smtp_response),
)
