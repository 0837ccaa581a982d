"""Janet at her CRM, and a warning on her screen: John was not told of her call."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from crm_notify.models import Alert, Notification
from crm_notify.steps.notice import notice
from tests.edges.alerts.failing import bounce

PAGE = "/customers/1/"

Words = Callable[..., str]


@pytest.fixture(autouse=True)
def _host(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.edges.alerts.host"


@pytest.fixture
def warning(notification: Notification) -> Alert:
    """John's address does not exist, and Janet is warned."""
    return bounce(notification)


@pytest.fixture
def tab(janet: Any) -> Client:
    """A tab of Janet's browser, which is logged in; its forms need their token."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(janet)
    # That she is here is written down once in five minutes: no test counts it but its own.
    notice(janet)
    return client


@pytest.fixture
def words(tab: Client) -> Words:
    """What Janet reads on a page."""

    def words(path: str = PAGE) -> str:
        return in_words(tab.get(path).content.decode())

    return words


@pytest.fixture
def post(tab: Client) -> Callable[..., Any]:
    """Janet sends a form of her page; its answer."""

    def post(path: str, *, accept: str = "text/html", **fields: str) -> Any:
        found = re.search(r'csrfmiddlewaretoken" value="(\w+)"', tab.get(PAGE).content.decode())
        assert found is not None
        data = {"csrfmiddlewaretoken": found[1], **fields}
        return tab.post(path, data, headers={"Accept": accept})

    return post


@pytest.fixture
def may_correct(janet: Any) -> None:
    """Janet may send a notification to another address."""
    janet.user_permissions.add(Permission.objects.get(codename="resend_elsewhere"))


def in_words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split()).replace(" :", ":")
