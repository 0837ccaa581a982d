"""A provider's API on the loopback, and the settings that lead to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.channels.logs.server import Served, serving


@pytest.fixture
def served(settings: Settings) -> Iterator[Served]:
    """An API that stands for all three providers'."""
    with serving() as served:
        settings.ANYMAIL = {
            "MAILGUN_API_KEY": "mailgun-key",
            "MAILGUN_API_URL": f"{served.url}v3",
            "MAILGUN_SENDER_DOMAIN": "crm.example",
            "POSTMARK_SERVER_TOKEN": "postmark-token",
            "POSTMARK_API_URL": served.url,
            "POSTMARK_MESSAGE_STREAM": "outbound",
            "SPARKPOST_API_KEY": "sparkpost-key",
            "SPARKPOST_API_URL": f"{served.url}api/v1/",
        }
        yield served
