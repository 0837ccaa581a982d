"""The world outside, held at arm's length: no provider, no messenger and no broker is called."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

import django
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.locmem import EmailBackend

from crm_notify.channels import registry
from crm_notify.channels.email.mailer import Mailer
from crm_notify.channels.short import ShortChannel, is_repeated
from crm_notify.models import Notification
from crm_notify.steps import deliver
from crm_notify.testing.commit import committed


@contextmanager
def quiet_world() -> Iterator[None]:
    """Mail lands in Django's outbox, other messages nowhere; then what waits for commit is run.

    Each message is still written as its provider takes it.
    """
    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(Mailer, "connect", _outbox))
        stack.enter_context(mock.patch.object(registry, "short_channel", _short_channel))
        # As Django's test client does: it would close the connection of the test's transaction.
        stack.enter_context(mock.patch.object(deliver, "close_old_connections"))
        stack.enter_context(committed())
        yield


def _outbox(mailer: Mailer) -> BaseEmailBackend:
    # Since 6.1 a back end without an alias takes the deprecated global settings.
    options: dict[str, Any] = {"alias": mailer.alias} if django.VERSION >= (6, 1) else {}
    return EmailBackend(**options)


def _short_channel(name: str, given: object) -> ShortChannel:
    # What is set up wrongly is refused as ever.
    is_repeated(name, given)
    return ShortChannel(name, _Taken())


class _Taken:
    """A messenger that takes whatever it is given."""

    def send(self, to: str, text: str, notification: Notification) -> None:
        return None
