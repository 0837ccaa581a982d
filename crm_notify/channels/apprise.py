"""SMS and a hundred other services by the library Apprise, each named by one URL."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from urllib.parse import quote

from crm_notify.channels.base import Answer
from crm_notify.channels.status import of_status
from crm_notify.conf import get_settings
from crm_notify.exceptions import SettingsError
from crm_notify.extras import load
from crm_notify.models import Attempt, Notification
from crm_notify.rules.evidence import Blame

Result = Attempt.Result

#: Stands in a URL for the address of the recipient.
TO = "{to}"
#: A number that belongs to nobody, to find out whether it is the URL or the address that is wrong.
NOBODY = "+15555550100"
#: Where Apprise, and what it speaks HTTP with, write numbers, tokens and texts.
LOGGERS = ("apprise", "urllib3.connectionpool")
#: After these it is certain that nothing was taken.
NOT_TAKEN = frozenset({Result.LATER, Result.REFUSED})

#: How Apprise's plugins word that no connection came about: the HTTP client's own words follow.
_NO_CONNECTION = re.compile(
    r"^Socket Exception: .*\(Caused by (?:NewConnectionError|NameResolutionError"
    r"|ConnectTimeoutError|SSLError\(SSLCertVerificationError)",
    re.DOTALL,
)
#: How they word an answer that is no success: by its HTTP status, or the service's own code.
_ANSWERED = re.compile(r"\berror=(\d{1,9})\b")

_speaking: ContextVar[bool] = ContextVar("crm_notify_apprise", default=False)


class AppriseMessenger:
    """Hands a text over by the first of its URLs that takes it; in each ``{to}`` is the address.

    The next one is tried only where the one before has certainly taken nothing. One message goes
    out at most once: what Apprise repeats or forwards by itself is switched off.
    """

    def __init__(self, url: str | Sequence[str]) -> None:
        self._urls = (url,) if isinstance(url, str) else tuple(url)
        if not self._urls or not all(TO in str(one) for one in self._urls):
            raise SettingsError(
                f'its option "url" must be a URL of Apprise in which {TO} stands for the address, '
                "or a list of them."
            )
        self._apprise: Any = load("apprise", extra="apprise")
        known = self._apprise.NotificationManager()
        for one in self._urls:
            service = one.partition("://")[0].lower()
            if service not in known or not known[service].enabled:
                raise SettingsError(f"Apprise does not speak {service}:// on this machine.")

    def send(self, to: str, text: str, notification: Notification) -> Answer:
        """Hand it over, within SEND_TIMEOUT for each URL that is tried."""
        answers: list[Answer] = []
        for url in self._urls:
            with _quietly():
                answer = self._by(url, to, text)
            if answer.result not in NOT_TAKEN:
                return answer
            answers.append(answer)
        return next((said for said in answers if said.result == Result.LATER), answers[-1])

    def _by(self, url: str, to: str, text: str) -> Answer:
        service = url.partition("://")[0].lower()
        plugin = self._plugin(url, to)
        if plugin is None:
            blame = Blame.ADDRESS if self._plugin(url, NOBODY) is not None else Blame.SENDER
            return Answer(
                result=Result.REFUSED,
                text=f"{service}:// cannot be used with this address or these settings.",
                blame=blame,
            )
        heard = _Heard()
        limit = get_settings().SEND_TIMEOUT.total_seconds()
        plugin.socket_connect_timeout = plugin.socket_read_timeout = limit
        plugin.retry, plugin.redirects, plugin.logger = 0, False, heard.logger
        caller = self._apprise.Apprise(asset=plugin.asset)
        caller.add(plugin)
        status = caller.notify(body=text, body_format="text", timeout=limit).status.name
        if status == "SUCCESS":
            return Answer(result=Result.ACCEPTED)
        if status != "FAILURE":
            words = f"{service}:// did not answer in time, or took a part only."
            return Answer(result=Result.UNKNOWN, text=words, blame=Blame.SERVER)
        return _failed(service, heard.said)

    def _plugin(self, url: str, to: str) -> Any:
        """What speaks to this one recipient, or None.

        Left without a target that they can use, some plugins send to the sender instead.
        """
        # It keeps no files.
        asset = self._apprise.AppriseAsset(storage_mode="memory")
        address = url.replace(TO, quote(to, safe=""))
        plugin = self._apprise.Apprise.instantiate(address, asset=asset)
        targets = getattr(plugin, "targets", None)
        return None if isinstance(targets, (list, tuple, set)) and len(targets) != 1 else plugin


class _Heard(logging.Handler):
    """Reads what a plugin says, by a logger that nobody else listens to."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.logger = logging.Logger("apprise of one call", logging.DEBUG)  # noqa: LOG001
        self.logger.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


def _failed(service: str, said: Sequence[str]) -> Answer:
    """What a failure means, by what the plugin said of it; nobody knows unless that is clear.

    Its words name the number, so only the code is kept.
    """
    if any(_NO_CONNECTION.search(words) for words in said):
        text = f"{service}:// could not be reached."
        return Answer(result=Result.LATER, text=text, blame=Blame.SERVER)
    codes = [found[1] for words in said if (found := _ANSWERED.search(words))]
    if not codes:
        text = f"{service}:// failed, and did not say whether it was taken."
        return Answer(result=Result.UNKNOWN, text=text, blame=Blame.SERVER)
    result, blame = _of_code(int(codes[-1]))
    return Answer(result=result, code=codes[-1], text=f"{service}:// answered no.", blame=blame)


def _of_code(code: int) -> tuple[Attempt.Result, Blame]:
    if not 300 <= code < 600:
        # A code of the service's own.
        return Result.REFUSED, Blame.UNKNOWN
    if code >= 500 and code != 503:
        # It broke while it had the message in its hands.
        return Result.UNKNOWN, Blame.SERVER
    return of_status(code)


def _outside(record: logging.LogRecord) -> bool:
    return not _speaking.get()


@contextmanager
def _quietly() -> Iterator[None]:
    """Keep what is said meanwhile, in the threads of this call too, out of every log."""
    for name in LOGGERS:
        logging.getLogger(name).addFilter(_outside)
    token = _speaking.set(True)
    try:
        yield
    finally:
        _speaking.reset(token)
