"""Asks providers' APIs over HTTP, within limits of time, size and patience."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

import requests

from crm_notify.exceptions import CrmNotifyError, SettingsError
from crm_notify.rules.body.document import decode

#: Seconds for connecting and for each read; and bytes that are read at once.
_WAIT = 10
_CHUNK = 64 * 1024
#: What may pass by itself; all other refusals are final.
_PASSING = frozenset({429, 500, 502, 503, 504})
_KEY_REFUSED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


class NoAnswer(CrmNotifyError):
    """A provider's API had to be asked and gave no usable answer; asking later may help."""


class _Passing(NoAnswer):
    """It may well answer in a moment; ``seconds`` are those that it wants to be left alone."""

    def __init__(self, text: str, seconds: float | None = None) -> None:
        super().__init__(text)
        self.seconds = seconds


class TooLarge(CrmNotifyError, ValueError):
    """An answer is larger than it may be; asking again does not help."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back; ``headers`` finds a name in any case."""

    status: int
    headers: Mapping[str, str]
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Api:
    """A provider's API: its name for people, its root, and how it is asked.

    ``headers`` hold the key and are never shown. ``key`` says what to look at where the key is
    refused; ``missing`` are the statuses by which it says that there is no such thing. Seconds:
    ``pauses`` before each repetition, ``longest`` that the API may ask us to wait, ``patience`` for
    one call. ``limit`` is in bytes.
    """

    label: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    key: str
    missing: frozenset[int] = frozenset({404})
    pauses: tuple[float, ...] = (1, 2, 4, 8, 16, 32)
    longest: float = 300
    patience: float = 60
    limit: int = 64 * 1024 * 1024


class Ask(Protocol):
    """Asks an open API; the answer is decoded JSON, or None where there is no such thing."""

    def __call__(self, path: str, **query: str | int) -> Any:
        """``path`` is below the API's root, or a link within the API.

        Raises NoAnswer, TooLarge, and SettingsError where the key is refused.
        """


@contextmanager
def opened(api: Api) -> Iterator[Ask]:
    """Keep one connection for many questions. Sleeps where the API asks for it."""
    with requests.Session() as session:

        def ask(path: str, **query: str | int) -> Any:
            url = _within(api, path)
            pauses = iter(api.pauses)
            while True:
                try:
                    return _once(session, api, url, query)
                except _Passing as error:
                    pause = next(pauses, None)
                    if pause is None:
                        raise
                    seconds = pause if error.seconds is None else error.seconds
                    if seconds > api.longest:
                        raise NoAnswer(
                            f"{api.label}'s API wants to be left alone for {seconds:.0f} seconds; "
                            "ask again then."
                        ) from error
                time.sleep(seconds)

        yield ask


def get(
    session: requests.Session,
    url: str,
    *,
    headers: Mapping[str, str],
    who: str,
    until: float,
    limit: int,
    query: Mapping[str, str | int] | None = None,
    redirects: bool = False,
    wait: float = _WAIT,
) -> Answer:
    """Ask once; ``until`` is on the monotonic clock, ``limit`` in bytes, ``wait`` in seconds.

    ``who`` begins the sentence of an error, as in "Mailgun's API was asked for its log". No error
    shows the URL, for it may be a signed one. Raises NoAnswer and TooLarge.
    """
    content = bytearray()
    try:
        with session.get(
            url,
            params=query,
            headers=dict(headers),
            timeout=wait,
            stream=True,
            allow_redirects=redirects,
        ) as answer:
            for chunk in answer.iter_content(_CHUNK):
                content += chunk
                if len(content) > limit:
                    raise TooLarge(f"{who}, and the answer is too large.")
                if time.monotonic() > until:
                    raise NoAnswer(f"{who} and is too slow.")
            return Answer(status=answer.status_code, headers=answer.headers, content=bytes(content))
    except requests.RequestException as error:
        raise NoAnswer(f"{who} and could not be reached ({type(error).__name__}).") from error


def _once(session: requests.Session, api: Api, url: str, query: Mapping[str, str | int]) -> Any:
    who = f"{api.label}'s API was asked for its log"
    try:
        answer = get(
            session,
            url,
            headers=api.headers,
            who=who,
            until=time.monotonic() + api.patience,
            limit=api.limit,
            query=query,
        )
    except NoAnswer as error:
        raise _Passing(str(error)) from error
    if answer.status in _KEY_REFUSED:
        raise SettingsError(f"{api.label} refuses the key ({answer.status}). {api.key}")
    if answer.status in api.missing:
        return None
    if answer.status != HTTPStatus.OK:
        text = f"{who} and answered {answer.status}."
        if answer.status in _PASSING:
            raise _Passing(text, _retry_after(answer.headers.get("Retry-After", "")))
        raise NoAnswer(text)
    try:
        return decode(answer.content)
    except ValueError as error:
        raise NoAnswer(f"{who} and did not answer JSON.") from error


def _within(api: Api, path: str) -> str:
    """The URL of ``path``, which must not carry the key to another host."""
    url = urljoin(api.url, path)
    root, target = urlsplit(api.url), urlsplit(url)
    if (root.scheme, root.netloc) != (target.scheme, target.netloc):
        raise NoAnswer(f"{api.label}'s API links to another host, which is not asked.")
    return url


def _retry_after(value: str) -> float | None:
    """Seconds or a date (RFC 9110 section 10.2.3), or None for neither."""
    if value.strip().isdecimal():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return max(0.0, (moment.replace(tzinfo=UTC) - datetime.now(UTC)).total_seconds())
