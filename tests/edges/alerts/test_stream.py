"""Who may open a stream, and where there is none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client

from crm_notify.models import Alert

pytestmark = pytest.mark.django_db

URL = "/notify/alerts/stream/"


def test_whoever_is_not_logged_in_is_refused(client: Client) -> None:
    answer = client.get(URL)
    assert (answer.status_code, answer.content) == (401, b"")
    assert not answer.cookies


def test_where_everybody_must_log_in_it_is_a_401_all_the_same(
    client: Client, settings: Any
) -> None:
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE,
        "django.contrib.auth.middleware.LoginRequiredMiddleware",
    ]
    assert client.get(URL).status_code == 401


def test_under_wsgi_there_is_none_and_a_browser_does_not_ask_again(tab: Client) -> None:
    answer = tab.get(URL)
    assert (answer.status_code, answer.content) == (204, b"")
    assert {"private", "no-cache"} <= set(answer["Cache-Control"].split(", "))


def test_where_no_database_can_tell_there_is_none(
    janet: Any, crm_notify_settings: Callable[..., None]
) -> None:
    crm_notify_settings(STREAM_DATABASE="")
    browser = AsyncClient()
    browser.force_login(janet)
    assert async_to_sync(browser.get)(URL).status_code == 204


def test_a_host_whose_requests_are_transactions_can_have_it(tab: Client, settings: Any) -> None:
    settings.DATABASES["default"]["ATOMIC_REQUESTS"] = True
    try:
        assert tab.get(URL).status_code == 204
    finally:
        settings.DATABASES["default"]["ATOMIC_REQUESTS"] = False


def test_the_page_and_the_json_say_where_it_is(
    tab: Client, warning: Alert, crm_notify_settings: Callable[..., None]
) -> None:
    crm_notify_settings(STREAM_DATABASE="")
    assert 'data-crm-notify-stream=""' in tab.get("/customers/1/").content.decode()
    news = tab.get("/notify/alerts.json").json()
    assert (news["stream"], news["interval"]) == ("", 2000)
    assert "may be out of date" in news["stale"]["offline"]
