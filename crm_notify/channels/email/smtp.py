"""Django's SMTP back end, which also knows whether the text of a mail had begun to leave."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend


class _Watched(smtplib.SMTP):
    """A conversation that notes when it comes to DATA (RFC 5321 section 4.1.1.4)."""

    #: From then on nobody knows whether the server took the mail, until it answers.
    text_begun = False

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.text_begun = True
        return super().data(msg)


class _WatchedTls(_Watched, smtplib.SMTP_SSL):
    pass


class SmtpBackend(EmailBackend):
    """Over one connection, for one thread."""

    connection: _Watched | None

    @property
    def connection_class(self) -> type[_Watched]:
        return _WatchedTls if self.use_ssl else _Watched

    @property
    def text_begun(self) -> bool:
        """Whether the text of the last mail had begun to leave."""
        return self.connection is not None and self.connection.text_begun

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        if self.connection is not None:
            self.connection.text_begun = False
        return super().send_messages(email_messages)
