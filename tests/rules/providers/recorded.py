"""Recorded webhook requests, and Anymail's own views to parse them with."""

from __future__ import annotations

import json
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anymail.exceptions import AnymailNotSupportedWarning
from anymail.urls import urlpatterns
from django.http import HttpRequest
from django.test import RequestFactory

from crm_notify.rules.news import Reading, Reported
from crm_notify.rules.providers import read

PAYLOADS = Path(__file__).parent / "payloads"

#: What Anymail's views want to be given before they parse anything. None of it is a real key.
ANYMAIL = {
    "WEBHOOK_SECRET": "user:password",
    # Else parsing a subscription's confirmation calls AWS.
    "AMAZON_SES_AUTO_CONFIRM_SNS_SUBSCRIPTIONS": False,
    "BREVO_API_KEY": "key",
    "MAILERSEND_SIGNING_SECRET": "secret",
    "MAILGUN_WEBHOOK_SIGNING_KEY": "key",
    "MANDRILL_WEBHOOK_KEY": "key",
    "POSTAL_WEBHOOK_KEY": "key",
    "UNISENDER_GO_API_KEY": "key",
}


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """One request as a provider posts it."""

    provider: str
    name: str
    body: bytes
    headers: dict[str, str]

    def request(self) -> HttpRequest:
        headers = dict(self.headers)
        content_type = headers.pop("Content-Type", "application/json")
        return RequestFactory().post(
            "/", data=self.body, content_type=content_type, headers=headers
        )


def recorded(provider: str, name: str) -> Recorded:
    folder = PAYLOADS / provider
    form = folder / f"{name}.txt"
    body = form if form.exists() else folder / f"{name}.json"
    headers = folder / f"{name}.headers.json"
    return Recorded(
        provider=provider,
        name=name,
        body=body.read_bytes(),
        headers=json.loads(headers.read_text()) if headers.exists() else {},
    )


def names() -> list[tuple[str, str]]:
    """Every recorded request, as (provider, name)."""
    paths = sorted(PAYLOADS.glob("*/*"))
    return [
        (path.parent.name, path.stem) for path in paths if not path.name.endswith(".headers.json")
    ]


def tracking_view(provider: str) -> Any:
    """Return an instance of the view that Anymail mounts for the provider's tracking events."""
    url_name = "mandrill_webhook" if provider == "mandrill" else f"{provider}_tracking_webhook"
    view = next(pattern.callback for pattern in urlpatterns if pattern.name == url_name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AnymailNotSupportedWarning)
        return view.view_class()


def anymail_events(recorded: Recorded) -> list[Any]:
    events: list[Any] = tracking_view(recorded.provider).parse_events(recorded.request())
    return events


def reported(event: Any) -> Reported:
    return Reported(
        event_type=event.event_type,
        reject_reason=event.reject_reason,
        mta_response=event.mta_response,
        description=event.description,
        raw=event.esp_event,
    )


def read_one(provider: str, name: str) -> Reading:
    """Read the only event of a recorded request."""
    [event] = anymail_events(recorded(provider, name))
    return read(provider, reported(event))
