"""Windows of several people at a host under uvicorn, while this process is the worker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, Page

from tests.live.running import NEVER
from tests.support.guard import guarded

Window = Callable[..., Page]


def _serving(server: str, poll: str) -> Iterator[str]:
    name = connection.settings_dict["NAME"]
    with guarded("tests.live.running", server, name, poll) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def site(django_db_setup: None) -> Iterator[str]:
    """Under ASGI; its pages hardly ever ask."""
    yield from _serving("uvicorn", NEVER)


@pytest.fixture(scope="module")
def wsgi_site(django_db_setup: None) -> Iterator[str]:
    """Under WSGI; its pages ask twice a second."""
    yield from _serving("gunicorn", "500")


@pytest.fixture
def window(browser: Browser) -> Iterator[Window]:
    """A window of somebody's own browser, who is logged in; its console stays clean."""
    said: list[str] = []
    contexts = []

    def open_window(user: Any, site: str) -> Page:
        client = Client()
        client.force_login(user)
        cookie = client.cookies[django_settings.SESSION_COOKIE_NAME]
        context = browser.new_context()
        contexts.append(context)
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: said.append(str(error)))
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert not [line for line in said if "Failed to load resource" not in line]
