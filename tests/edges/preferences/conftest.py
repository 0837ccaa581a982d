"""Janet at her page of preferences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.edges.preferences.form import PAGE, SMS, fields


@pytest.fixture
def tab(janet: Any) -> Client:
    """A tab of Janet's browser, which is logged in; its forms need their token."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(janet)
    return client


@pytest.fixture
def sms(crm_notify_settings: Callable[..., None]) -> None:
    crm_notify_settings(CHANNELS=SMS)


@pytest.fixture
def send(tab: Client) -> Callable[..., Any]:
    """Janet changes some fields of the form and sends it; None takes one out."""

    def send(**changes: str | None) -> Any:
        data: dict[str, str | None] = {**fields(tab.get(PAGE).content.decode()), **changes}
        return tab.post(PAGE, {name: text for name, text in data.items() if text is not None})

    return send
