"""What the status of an HTTP answer says about the call that it answers."""

from __future__ import annotations

from crm_notify.models import Attempt
from crm_notify.rules.evidence import Blame

Result = Attempt.Result

#: HTTP answers below 500 after which the same call may succeed; 420 is SparkPost's sending limit.
PASSING_HTTP = frozenset({408, 420, 425, 429})
#: A gateway gave up waiting, or could not read what the provider behind it said (520 and 524 are
#: Cloudflare's): that provider may well have taken the message.
UNKNOWN_HTTP = frozenset({502, 504, 520, 524})
#: HTTP answers that speak of our account or address of the API, not of the message.
OUR_HTTP = frozenset({401, 402, 403, 404, 405})


def of_status(status: int) -> tuple[Attempt.Result, Blame]:
    """What came of a call that failed with this answer, and whose fault it is."""
    if status in UNKNOWN_HTTP or 200 <= status < 300:
        # A gateway's word, or a success that could not be read.
        return Result.UNKNOWN, Blame.SERVER
    if status in PASSING_HTTP or status >= 500:
        return Result.LATER, Blame.SERVER
    return Result.REFUSED, Blame.SENDER if status in OUR_HTTP or status < 400 else Blame.UNKNOWN
