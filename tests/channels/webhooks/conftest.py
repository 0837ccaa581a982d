"""The keys that Anymail's views need; nothing here reaches the outside."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.channels.webhooks.api import Api, running

#: Port 9 of the loopback answers nobody.
NOBODY = "http://127.0.0.1:9/"

KEYS = {
    "BREVO_API_KEY": "brevo-key",
    "BREVO_API_URL": NOBODY,
    "MAILERSEND_INBOUND_SECRET": "mailersend-inbound-key",
    "MAILERSEND_SIGNING_SECRET": "mailersend-key",
    "MAILGUN_WEBHOOK_SIGNING_KEY": "mailgun-key",
    "MAILTRAP_API_TOKEN": "mailtrap-token",
    "MAILTRAP_API_URL": NOBODY,
    "MANDRILL_WEBHOOK_KEY": "mandrill-key",
    "POSTAL_WEBHOOK_KEY": "cG9zdGFs",
    "RESEND_API_KEY": "resend-key",
    "RESEND_API_URL": NOBODY,
    "UNISENDER_GO_API_KEY": "unisender-key",
}


@pytest.fixture(autouse=True)
def anymail_settings(settings: Settings) -> None:
    settings.ANYMAIL = dict(KEYS)


@pytest.fixture
def api() -> Iterator[Api]:
    """A provider's API on the loopback."""
    with running() as api:
        yield api
