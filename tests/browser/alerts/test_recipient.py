"""What did not reach somebody stands on his own page, and who knows stands beside what was done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from crm_notify import api
from crm_notify.models import Activity, Alert
from tests.crm.models import Customer
from tests.edges.alerts.failing import arrive, bounce

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def warning(call: Callable[..., Activity], alice: Any) -> Alert:
    """Something urgent that did not reach John, beside a message that did."""
    arrive(call(text="1").notifications.get())
    stated = bounce(call(text="2").notifications.get()).notification
    api.state_told(stated, by=alice, how="I met him")
    return bounce(call(text="3", url="", urgency="urgent").notifications.get())


@pytest.fixture
def record(contoso: Customer) -> str:
    return f"/records/{contoso.pk}/"


@pytest.fixture
def _john_is_logged_in(
    _janet_is_logged_in: None, john: Any, live_server: LiveServer, context: BrowserContext
) -> None:
    client = Client()
    client.force_login(john)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])


@pytest.mark.usefixtures("_john_is_logged_in")
@pytest.mark.browser_context_args(java_script_enabled=False)
def test_he_opens_by_keyboard_what_he_missed_and_it_is_settled(
    page: Page, warning: Alert, record: str
) -> None:
    Activity.objects.filter(pk=warning.notification.activity_id).update(url="")
    page.goto(record)
    expect(page.get_by_role("heading", name="1 message for you did not reach you")).to_be_visible()
    page.get_by_role("region", name="did not reach you").get_by_role("link").press("Enter")
    expect(page.get_by_role("heading", name="Janet Smith logged a call: Contoso")).to_be_visible()
    warning.refresh_from_db()
    assert warning.closed == "told"
    page.goto(record)
    expect(page.get_by_text("did not reach you")).to_have_count(0)
    expect(page.get_by_text("John has seen it")).to_be_visible()


def test_who_knows_stands_beside_what_was_done(page: Page, warning: Alert, record: str) -> None:
    page.goto(record)
    knowing = page.get_by_role("list", name="Who knows")
    expect(knowing).to_have_count(3)
    expect(knowing.nth(0)).to_contain_text("John was not told")
    expect(knowing.nth(1)).to_contain_text("John knows; Alice: “I met him”")
    expect(knowing.nth(2)).to_contain_text("John was told at john@example.com")
