"""What a host may point our settings at: languages of people, and back ends of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


def german(user: Any) -> str:
    return "de-at"


def unheard_of(user: Any) -> str:
    return "tlh"


def unset(user: Any) -> None:
    return None


def broken(user: Any) -> str:
    raise RuntimeError("The profile is gone.")


class _Own(BaseEmailBackend):
    """A back end that crm_notify has never heard of."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        raise NotImplementedError


class Refused(_Own):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        raise ConnectionRefusedError("Nobody is there.")


class Reset(_Own):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        raise ConnectionResetError("Gone.")


class Broken(_Own):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        raise KeyError("template")


class TakesNone(_Own):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        return 0


class TakesAll(_Own):
    #: The last message that was taken.
    last: EmailMessage

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        (TakesAll.last,) = email_messages
        return 1


class DoesNotClose(TakesAll):
    def close(self) -> None:
        raise OSError("Already gone.")


class Secretive(_Own):
    """It cannot be made, and says more than it should."""

    def __init__(self, **options: Any) -> None:
        raise RuntimeError("the password is hunter2")
