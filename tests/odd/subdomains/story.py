"""A shop, a CRM and a place for webhooks, each by its host name."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from crm_notify import api
from crm_notify.checks import check_settings
from crm_notify.conf import get_settings
from tests.crm.models import Customer
from tests.odd.loop import close_the_loop

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_loop_closes_over_host_names(
    janet: Any, john: Any, alice: Any, contoso: Customer
) -> None:
    assert check_settings() == []
    client = Client(SERVER_NAME="crm.example")
    hooks = Client(SERVER_NAME="hooks.example")
    people = {"janet": janet, "john": john, "alice": alice}
    close_the_loop(client, **people, target=contoso, webhooks="/", provider=hooks)


def test_mails_lead_to_the_crm_whoever_sends_them(janet: Any, john: Any, contoso: Customer) -> None:
    """Sent within a request to the shop, whose own URLconf is then the current one."""
    api.record_activity(actor=janet, verb="called", target=contoso, recipients=[john])
    assert Client().get("/order/", SERVER_NAME="shop.example").text == "1"
    (message,) = mail.outbox
    links = f"{message.body} {message.extra_headers['List-Unsubscribe']}"
    # Of two places it is the one without a name of its own.
    found = set(re.findall(r"https://crm\.example/\w+/\w+/\w+/", links))
    assert found == {
        f"https://crm.example/people/notices/{page}/"
        for page in ("open", "unsubscribe", "preferences")
    }


def test_the_webhooks_have_a_host_name_of_their_own() -> None:
    client = Client(SERVER_NAME="hooks.example")
    assert client.post("/sparkpost/tracking/").status_code == 401
    assert client.get("/sparkpost/tracking").status_code == 200
    assert client.get("/alerts/").status_code == 404
    assert Client(SERVER_NAME="crm.example").get("/notify/alerts.json").status_code == 401


def test_a_urlconf_that_is_none_is_noticed_and_costs_links_only(
    janet: Any, john: Any, contoso: Customer, crm_notify_settings: Callable[..., None]
) -> None:
    crm_notify_settings(URLCONF="no.such.urls")
    assert [message.id for message in check_settings()] == ["crm_notify.E059"]
    api.record_activity(actor=janet, verb="called", target=contoso, recipients=[john])
    Client().get("/order/", SERVER_NAME="shop.example")
    assert "/unsubscribe/" not in mail.outbox[0].body
    crm_notify_settings(URLCONF="")
    assert get_settings().urlconf == "tests.odd.subdomains.shop_urls"
    assert [message.id for message in check_settings()] == ["crm_notify.W014", "crm_notify.W053"]
