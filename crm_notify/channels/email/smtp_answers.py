"""What a mail server's refusal says: passing or final (RFC 5321 section 4.2.1), and whose fault."""

from __future__ import annotations

import smtplib

from crm_notify.channels.base import Answer
from crm_notify.models import Attempt
from crm_notify.rules.evidence import Blame, Kind
from crm_notify.rules.providers.verdict import Verdict, reading

Result = Attempt.Result

#: What else a server may mean where it speaks of us: at the greeting, at AUTH and at MAIL.
_NOT_OF_US = frozenset({Blame.SERVER, Blame.CONTENT})


def smtp_answer(error: smtplib.SMTPException, *, begun: bool) -> Answer | None:
    """Read a server's reply; None where the connection was lost without one.

    ``begun`` says whether the text of the mail had begun to leave.
    """
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return None
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()))
        return _reply(code, said, begun=begun, of_us=False)
    if not isinstance(error, smtplib.SMTPResponseException):
        # The server lacks what the settings ask for, such as STARTTLS or a way to log in.
        return Answer(result=Result.REFUSED, text=str(error), blame=Blame.SENDER)
    if isinstance(error, smtplib.SMTPConnectError):
        # Whatever the class of its code, the server takes no mail now, and may later.
        text = _text(error.smtp_code, error.smtp_error)
        return Answer(result=Result.LATER, text=text, blame=Blame.SERVER)
    of_us = not isinstance(error, smtplib.SMTPDataError)
    return _reply(error.smtp_code, error.smtp_error, begun=begun, of_us=of_us)


def _reply(code: int, said: bytes | str, *, begun: bool, of_us: bool) -> Answer:
    text = _text(code, said)
    read = reading(Verdict(kind=Kind.REJECTED), raw_kind="", said=[text])
    blame = Blame.SENDER if of_us and read.blame not in _NOT_OF_US else read.blame
    return Answer(result=_result(code, begun=begun), code=read.code, text=text, blame=blame)


def _result(code: int, *, begun: bool) -> Result:
    if 500 <= code < 600:
        return Result.REFUSED
    if 400 <= code < 500 or not begun:
        return Result.LATER
    # After the text, a reply that cannot be read: it may have been taken.
    return Result.UNKNOWN


def _text(code: int, said: bytes | str) -> str:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {words}"
