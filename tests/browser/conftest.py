"""Debian's chromium, driven by Playwright; where it is missing the tests fail and say so."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

Window = Callable[..., Page]

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
# Without these it looks up its maker's hosts at every start; and root may not use its sandbox.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """How pytest-playwright starts the browser."""
    found = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if found is None:
        pytest.fail("There is no chromium here: apt-get install chromium, then run this again.")
    return {"executable_path": found, "args": ARGUMENTS}


@pytest.fixture(scope="session")
def base_url(live_server: LiveServer) -> str:
    """Where `page.goto("/...")` goes."""
    return live_server.url


@pytest.fixture(scope="session", autouse=True)
def database_beside_playwright() -> Iterator[None]:
    """Playwright's loop runs in the tests' own thread, and Django takes that for async code."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    yield
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def window(browser: Browser) -> Iterator[Window]:
    """A window of somebody's own browser, who is logged in; its console stays clean."""
    said: list[str] = []
    contexts = []

    def open_window(user: Any, site: str, **options: Any) -> Page:
        context = browser.new_context(base_url=site, **options)
        contexts.append(context)
        if user is not None:
            client = Client()
            client.force_login(user)
            cookie = client.cookies[settings.SESSION_COOKIE_NAME]
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on(
            "console", lambda message: said.append(f"{page.url} {message.type}: {message.text}")
        )
        page.on("pageerror", lambda error: said.append(f"{page.url} {error}"))
        return page

    yield open_window
    for context in contexts:
        context.close()
    # The browser notes every answer from 400 on by itself, wanted or not.
    assert not [line for line in said if "Failed to load resource" not in line]
