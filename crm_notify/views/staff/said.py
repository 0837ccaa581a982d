"""What was done, kept in a cookie of our own until the next page says it.

Not Django's messages: a host need not have installed them, nor show them on our pages.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.messages import constants
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse


@dataclass(frozen=True, kw_only=True)
class Said:
    """One sentence, and how it looks."""

    text: str
    tone: str

    @property
    def is_bad(self) -> bool:
        """Whether a screen reader is to be interrupted."""
        return self.tone == "bad"


TONES = {constants.SUCCESS: "good", constants.WARNING: "doubt", constants.ERROR: "bad"}


class _Kept(CookieStorage):
    """Django's own, signed, under another name than the host's."""

    cookie_name = "crm_notify_said"


def say(
    request: HttpRequest, response: HttpResponse, said: Iterable[tuple[int, str]]
) -> HttpResponse:
    """Let the next page say this; where it is too much for a cookie the last of it is left out."""
    kept = _Kept(request)
    # The oldest is dropped first.
    for level, text in reversed(list(said)):
        kept.add(level, text)
    kept.update(response)
    return response


def heard(request: HttpRequest) -> tuple[list[Said], _Kept]:
    """What the last request has said; once the page is shown it is to be ``forgotten``."""
    kept = _Kept(request)
    said = [Said(text=str(one.message), tone=TONES[one.level]) for one in kept]
    return said[::-1], kept


def forgotten(response: HttpResponse, kept: _Kept) -> HttpResponse:
    """The page that has said it: the browser forgets it, where there was something."""
    if kept.cookie_name in kept.request.COOKIES:
        kept.update(response)
    return response
