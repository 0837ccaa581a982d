"""Receipts: each page says what became of it and why; the bytes are only handed over as a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from crm_notify import api
from crm_notify.desk import came_of
from crm_notify.models import Notification, Receipt
from crm_notify.rules.evidence import Kind
from tests.edges.admin.conftest import attempt_of, hear, index, parked, receipt_of, rows

pytestmark = pytest.mark.django_db

State = Receipt.State
Verdict = Receipt.Verdict


def page(client: Client, receipt: Receipt) -> str:
    response = client.get(f"{index('receipt')}{receipt.pk}/change/")
    assert response.status_code == 200
    return response.content.decode()


# The header is the page's own, not only the middleware's.
@override_settings(SECURE_CONTENT_TYPE_NOSNIFF=False)
def test_the_body_is_a_file_of_plain_text(admin: Client) -> None:
    receipt = receipt_of(body=b"\xff\x00<script>alert(1)</script>")
    assert "/body/" in page(admin, receipt)
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


@pytest.mark.parametrize("state", State)
def test_every_state_can_be_picked(state: Receipt.State, admin: Client) -> None:
    kept = {each: receipt_of(state=each, due_at=timezone.now()).pk for each in State}
    assert rows(admin.get(f"{index('receipt')}?state={state}")) == [kept[state]]
    assert len(rows(admin.get(index("receipt")))) == len(State)


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_can_be_picked(verdict: Receipt.Verdict, admin: Client) -> None:
    kept = {each: receipt_of(verdict=each).pk for each in Verdict}
    assert rows(admin.get(f"{index('receipt')}?verdict={verdict}")) == [kept[verdict]]


def test_one_provider_can_be_picked_and_its_newest_come_first(admin: Client) -> None:
    late, early = receipt_of(2), receipt_of(1)
    receipt_of(3, provider="postmark")
    found = rows(admin.get(index("receipt") + "?provider=sparkpost&state=read&verdict=unsigned"))
    assert found == [late.pk, early.pk]


def test_a_row_says_what_it_gave_or_why_it_gave_nothing(admin: Client) -> None:
    receipt_of(new=3, parked=1, read_at=timezone.now())
    receipt_of(state="failed", error="<b>boom</b>")
    receipt_of(state="closed", error="boom", note="Alice: somebody's scanner")
    text = admin.get(index("receipt")).content.decode()
    for said in ("3 new, 1 parked", "&lt;b&gt;boom", "Alice: somebody&#x27;s scanner"):
        assert said in text


def test_the_page_of_one_in_quarantine_says_why(admin: Client) -> None:
    receipt = receipt_of(
        state="quarantine", verdict="wrong", error="<i>forged</i>", digest="d1" * 32
    )
    text = page(admin, receipt)
    for said in ("in quarantine", "&lt;i&gt;forged", "wrong signature", "d1" * 32):
        assert said in text
    assert "Closed because" not in text


def test_the_page_of_one_that_was_closed_says_who_closed_it(admin: Client) -> None:
    receipt = receipt_of(state="closed", error="boom", note="Alice: somebody's scanner")
    text = page(admin, receipt)
    for said in ("closed unread", "Closed because", "Alice: somebody&#x27;s scanner", "boom"):
        assert said in text


def test_the_events_that_came_of_it_lead_on(admin: Client, notification: Notification) -> None:
    receipt = receipt_of(new=3, read_at=timezone.now())
    heard = hear(attempt_of(notification), Kind.BOUNCED, receipt=receipt, text="<u>unknown</u>")
    waiting = parked(receipt=receipt)
    closed = parked(receipt=receipt, note="Alice: not ours")
    text = page(admin, receipt)
    for event in (heard, waiting, closed):
        assert f"{index('event')}{event.pk}/change/" in text
    assert f"{index('notification')}{notification.pk}/change/" in text
    assert "&lt;u&gt;unknown" in text
    assert ">parked</span>" in text
    assert ">closed</span>" in text


def test_of_very_many_events_the_first_are_named(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(came_of, "MOST", 2)
    receipt = receipt_of(new=3)
    events = [parked(receipt=receipt) for _ in range(3)]
    text = page(admin, receipt)
    assert f"{index('event')}{events[1].pk}/change/" in text
    assert f"{index('event')}{events[2].pk}/change/" not in text
    assert "There are more than these." in text


def test_who_may_see_no_events_sees_none_here(staff: Callable[..., Client]) -> None:
    receipt = receipt_of(new=1)
    event = parked(receipt=receipt)
    path = f"{index('event')}{event.pk}/change/"
    assert path not in page(staff("view_receipt"), receipt)
    assert path in page(staff("view_receipt", "view_event"), receipt)


@pytest.mark.parametrize("number", [1, 40])
def test_a_page_costs_the_same_with_1_event_and_with_40(
    number: int, admin: Client, django_assert_num_queries: Any, call: Callable[..., Any]
) -> None:
    receipt = receipt_of(new=number)
    for _ in range(number):
        hear(attempt_of(call().notifications.get()), Kind.BOUNCED, receipt=receipt)
    # The session and its user, the row and its headers, and the events.
    with django_assert_num_queries(5) as queries:
        page(admin, receipt)
    assert not [query for query in queries if '"crm_notify_receipt"."body"' in query["sql"]]


@pytest.mark.parametrize("model", ["receipt", "event", "notification"])
def test_that_the_intake_is_shut_stands_above_the_lists(model: str, admin: Client) -> None:
    assert "The intake is" not in admin.get(index(model)).content.decode()
    api.hold_intake(by="Alice", reason="the parser is broken")
    text = admin.get(index(model)).content.decode()
    assert "The intake is held by Alice (the parser is broken): what comes in is stored" in text
    api.close_intake(by="Alice", reason="the disk is full")
    text = admin.get(index(model)).content.decode()
    assert "The intake is closed by Alice (the disk is full): what comes in is sent away" in text
    api.open_intake(by="Alice")
    assert "The intake is" not in admin.get(index(model)).content.decode()
