"""Fetches from a provider's API what its inbound webhook only announces, within limits.

Anymail's views ask without a time limit, and a worker would wait for ever.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import requests
from anymail.inbound import AnymailInboundMessage
from anymail.webhooks.brevo import BrevoInboundWebhookView

from crm_notify.channels.http import NoAnswer, get
from crm_notify.conf import get_settings
from crm_notify.rules.body.document import decode, dig, text

__all__ = ["BrevoInbound", "NoAnswer", "deadline", "mail_of_mailtrap", "mail_of_resend"]

#: Seconds for all that one receipt asks for, below the interpreter's lease.
_PATIENCE = 120


def deadline() -> float:
    """Until when one receipt may keep its worker waiting, on the monotonic clock."""
    return time.monotonic() + _PATIENCE


def mail_of_resend(view: Any, event: Any, *, until: float) -> bytes:
    """Return the raw mail: resend.com/docs/api-reference/emails/retrieve-received-email"""
    key = text(dig(event, "data", "email_id"))
    if not key:
        raise ValueError("Resend announced a mail without the id by which its API knows it.")
    url = f"{view.api_url}emails/receiving/{quote(key, safe='')}"
    answer = _json("Resend", url, bearer=view.api_key, until=until)
    return _raw("Resend", dig(answer, "raw", "download_url"), until=until)


def mail_of_mailtrap(view: Any, event: Any, *, until: float) -> bytes:
    """Return the raw mail: docs.mailtrap.io/developers/inbound/messages"""
    inbox, key = dig(event, "inbox_id"), text(dig(event, "message_id"))
    if not isinstance(inbox, int) or not key:
        raise ValueError("Mailtrap announced a mail without the ids by which its API knows it.")
    url = f"{view.api_url}inbound/inboxes/{inbox}/messages/{quote(key, safe='')}"
    answer = _json("Mailtrap", url, bearer=view.api_token, until=until)
    return _raw("Mailtrap", dig(answer, "raw_message_url"), until=until)


class BrevoInbound(BrevoInboundWebhookView):  # type: ignore[misc]  # Anymail ships no types
    """Anymail's view, with limits on fetching the attachments that Brevo does not post."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._until = deadline()

    def _fetch_attachment(self, attachment: Mapping[str, Any]) -> Any:
        """developers.brevo.com/reference/getinboundemailattachment"""
        url = f"{self.api_url}inbound/attachments/{quote(attachment['DownloadToken'], safe='')}"
        headers = {"api-key": self.api_key}
        content, given_type = _fetch("Brevo", url, headers=headers, until=self._until)
        return AnymailInboundMessage.construct_attachment(
            content_type=given_type or attachment["ContentType"],
            content=content,
            filename=attachment.get("Name"),
            content_id=attachment.get("ContentID"),
        )


def _json(provider: str, url: str, *, bearer: str, until: float) -> Any:
    headers = {"Authorization": f"Bearer {bearer}"}
    content, _ = _fetch(provider, url, headers=headers, until=until)
    try:
        return decode(content)
    except ValueError as error:
        raise NoAnswer(f"{provider}'s API was asked for a mail and did not answer JSON.") from error


def _raw(provider: str, url: Any, *, until: float) -> bytes:
    if not text(url):
        raise NoAnswer(f"{provider}'s API was asked for a mail and named no raw copy of it.")
    content, _ = _fetch(provider, text(url), headers={}, until=until)
    return content


def _fetch(
    provider: str, url: str, *, headers: Mapping[str, str], until: float
) -> tuple[bytes, str]:
    """Return content and Content-Type."""
    who = f"{provider}'s API was asked for a mail"
    limit = get_settings().INBOUND_LIMIT
    with requests.Session() as session:
        answer = get(
            session, url, headers=headers, who=who, until=until, limit=limit, redirects=True
        )
    if answer.status != HTTPStatus.OK:
        raise NoAnswer(f"{who} and answered {answer.status}.")
    return answer.content, answer.headers.get("Content-Type", "")
