"""Receipts: the bytes are handed over as a file, and never opened as anything but text."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import LogEntry
from django.test import Client, override_settings

from tests.edges.admin.conftest import index, receipt_of, rows, said

pytestmark = pytest.mark.django_db


# The header is the page's own, not only the middleware's.
@override_settings(SECURE_CONTENT_TYPE_NOSNIFF=False)
def test_the_body_is_a_file_of_plain_text(admin: Client) -> None:
    receipt = receipt_of(body=b"\xff\x00<script>alert(1)</script>")
    assert b"/body/" in admin.get(f"{index('receipt')}{receipt.pk}/change/").content
    response = admin.get(f"{index('receipt')}{receipt.pk}/body/")
    assert response.content == b"\xff\x00<script>alert(1)</script>"
    assert response["Content-Type"] == "text/plain"
    assert response["Content-Disposition"] == f'attachment; filename="receipt-{receipt.pk}.txt"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "no-store" in response["Cache-Control"]


def test_the_body_needs_the_permission(staff: Callable[..., Client], client: Client) -> None:
    path = f"{index('receipt')}{receipt_of().pk}/body/"
    assert client.get(path).status_code == 302
    assert staff("view_notification").get(path).status_code == 403
    assert staff("view_receipt").get(path).status_code == 200
    assert staff("view_receipt").post(path).status_code == 405


def test_a_body_that_is_gone(admin: Client) -> None:
    assert admin.get(f"{index('receipt')}4711/body/").status_code == 404


def test_filters(admin: Client) -> None:
    read = receipt_of(1)
    broken = receipt_of(2, state="failed", provider="postmark", error="<b>boom</b>")
    assert rows(admin.get(index("receipt"))) == [broken.pk, read.pk]
    assert rows(admin.get(index("receipt") + "?state=failed")) == [broken.pk]
    assert rows(admin.get(index("receipt") + "?provider=sparkpost")) == [read.pk]
    assert b"&lt;b&gt;boom" in admin.get(index("receipt")).content


def test_a_failed_one_is_read_again(admin: Client) -> None:
    receipt = receipt_of(state="failed", error="boom")
    path = f"{index('receipt')}{receipt.pk}/act/read_again/"
    assert said(admin.post(path, follow=True)) == ["To be read again."]
    receipt.refresh_from_db()
    assert (receipt.state, receipt.error) == ("new", "")
    assert LogEntry.objects.get().change_message == "To be read again."


def test_many_failed_ones_are_read_again(admin: Client) -> None:
    picked = [receipt_of(state="failed").pk, receipt_of(state="failed").pk]
    data = {"action": "read_again", "confirmed": "yes", ACTION_CHECKBOX_NAME: picked}
    response = admin.post(index("receipt"), data, follow=True)
    assert said(response) == ["Read again: done for 2 of 2."]


def test_reading_again_needs_the_permission(staff: Callable[..., Client]) -> None:
    receipt = receipt_of(state="failed")
    path = f"{index('receipt')}{receipt.pk}/act/read_again/"
    assert staff("view_receipt").post(path).status_code == 403
    assert staff("change_receipt").post(path).status_code == 302
