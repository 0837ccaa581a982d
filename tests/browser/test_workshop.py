"""The browser itself: it starts, and it reaches the server of the tests."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import Page, expect


@pytest.mark.django_db(transaction=True)
def test_an_admin_logs_in(page: Page) -> None:
    get_user_model().objects.create_superuser("alice", "alice@crm.example", "secret")
    page.goto("/admin/")
    page.get_by_label("Username").fill("alice")
    page.get_by_label("Password").fill("secret")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Site administration")).to_be_visible()
