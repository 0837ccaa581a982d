"""Janet's browser at a host's page, under a strict Content-Security-Policy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import Permission
from django.test import Client
from playwright.sync_api import BrowserContext, Page
from pytest_django.live_server_helper import LiveServer


@pytest.fixture(autouse=True)
def _host(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.edges.alerts.host"
    settings.CRM_NOTIFY = {**settings.CRM_NOTIFY, "POLL_INTERVAL": timedelta(milliseconds=150)}


@pytest.fixture(autouse=True)
def _janet_is_logged_in(janet: Any, live_server: LiveServer, context: BrowserContext) -> None:
    """And she may send a notification to another address."""
    janet.user_permissions.add(Permission.objects.get(codename="resend_elsewhere"))
    client = Client()
    client.force_login(janet)
    cookie = client.cookies[django_settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """A page whose console stays clean: no error of the script, nothing that the policy refused."""
    said: list[str] = []
    page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.set_default_timeout(5_000)
    yield page
    # The browser notes every answer from 400 on by itself, wanted or not.
    assert not [line for line in said if "Failed to load resource" not in line]
