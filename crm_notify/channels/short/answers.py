"""What a failed call to a gateway means: not taken for certain, or that nobody knows."""

from __future__ import annotations

import logging
import socket
import ssl
import traceback

from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from crm_notify.channels.base import Answer
from crm_notify.exceptions import RefusedInput
from crm_notify.models import Attempt
from crm_notify.rules.evidence import Blame

logger = logging.getLogger(__name__)

Result = Attempt.Result

#: After these no connection came about, or none that could be trusted with the call.
NEVER_ARRIVED = (
    ConnectionRefusedError,
    socket.gaierror,
    ssl.SSLCertVerificationError,
    ConnectTimeoutError,
    NewConnectionError,
)
#: How deep a reason may lie in the errors that HTTP clients wrap around it.
DEPTH = 6


def refused(error: RefusedInput) -> Answer:
    """The address is none, or not one of this channel."""
    return Answer(result=Result.REFUSED, text=str(error), blame=Blame.ADDRESS)


def error_answer(error: Exception) -> Answer:
    """Read what a messenger raised.

    Only what is known not to have arrived may be sent again. The error's own words stay out of the
    answer and of the log: clients quote the address of their call, with the number and the secret.
    """
    name = type(error).__name__
    if never_arrived(error):
        text = f"The gateway could not be reached ({name})."
        return Answer(result=Result.LATER, text=text, blame=Blame.SERVER)
    places = "".join(traceback.format_tb(error.__traceback__))
    logger.warning("crm_notify: a messenger raised %s\n%s", name, places)
    text = f"The gateway gave no answer that could be read ({name})."
    return Answer(result=Result.UNKNOWN, text=text, blame=Blame.SERVER)


def never_arrived(error: BaseException) -> bool:
    """Whether the call cannot have reached anybody, by the reasons that the error itself names.

    What was merely being dealt with when it was raised says nothing: it may be of another call.
    """
    reason: object = error
    for _ in range(DEPTH):
        if isinstance(reason, NEVER_ARRIVED):
            return True
        if not isinstance(reason, BaseException):
            return False
        inner = reason.args[0] if reason.args else None
        known = getattr(reason, "reason", None)
        causes = (reason.__cause__, known, inner)
        reason = next((part for part in causes if isinstance(part, BaseException)), None)
    return False
