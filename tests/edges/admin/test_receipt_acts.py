"""What can be done about receipts that wait for a person, one by one and many at once."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin import ModelAdmin
from django.db import connection
from django.test import Client

from crm_notify.admin.receipts import ReceiptAdmin
from crm_notify.channels.signing import sign
from crm_notify.conf import get_settings
from crm_notify.models import Activity, Event, Notification, Receipt
from crm_notify.rules.token import Purpose
from crm_notify.steps import mend
from tests.edges.admin.conftest import (
    act,
    act_on_all,
    attempt_of,
    index,
    log,
    receipt_of,
    said,
)

pytestmark = pytest.mark.django_db

KEY = "the key that MailerSend shows"
GONE = "Nothing was done: it is not needed any more."


@pytest.fixture
def unreadable() -> Receipt:
    return receipt_of(state="failed", error="boom", tries=5)


def in_quarantine(*, key: str = KEY, **fields: Any) -> Receipt:
    """One that MailerSend has signed, perhaps with this key."""
    body = json.dumps({"type": "activity.delivered"}).encode()
    signed = hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
    return receipt_of(
        **{
            "provider": "mailersend",
            "state": "quarantine",
            "verdict": "wrong",
            "error": "the reason of the day it came",
            "headers": {"content-type": "application/json", "signature": signed},
            "body": body,
            **fields,
        }
    )


def state(receipt: Receipt) -> str:
    receipt.refresh_from_db()
    return receipt.state


def offered(client: Client, receipt: Receipt) -> list[str]:
    page = client.get(f"{index('receipt')}{receipt.pk}/change/")
    return [act.name for act in page.context["acts"]]


def test_what_is_offered_depends_on_what_became_of_it(admin: Client, unreadable: Receipt) -> None:
    assert offered(admin, unreadable) == ["read_again", "attach", "close"]
    assert offered(admin, in_quarantine()) == ["let_in", "attach", "close"]
    for settled in ("read", "closed"):
        assert offered(admin, receipt_of(state=settled)) == []


def test_a_failed_one_is_read_again(admin: Client, unreadable: Receipt) -> None:
    assert said(act(admin, unreadable, "read_again")) == ["To be read again."]
    assert state(unreadable) == "new"
    assert (unreadable.error, unreadable.tries) == ("", 0)
    assert log() == [("alice", "To be read again.")]
    assert said(act(admin, unreadable, "read_again"))[-1] == GONE


def test_what_holds_with_todays_key_is_let_in(admin: Client, settings: Any) -> None:
    settings.ANYMAIL = {"MAILERSEND_SIGNING_SECRET": KEY}
    receipt = in_quarantine()
    done = "Let in, to be read: its signature holds with today's key."
    assert said(act(admin, receipt, "let_in")) == [done]
    assert (state(receipt), receipt.verdict) == ("new", "valid")
    assert log() == [("alice", done)]


def test_a_forgery_is_not_let_in_and_its_page_says_why_today(admin: Client, settings: Any) -> None:
    settings.ANYMAIL = {"MAILERSEND_SIGNING_SECRET": KEY}
    receipt = in_quarantine(key="guessed")
    page = act(admin, receipt, "let_in")
    assert state(receipt) == "quarantine"
    assert receipt.error != "the reason of the day it came"
    assert said(page) == [f"Not let in: {receipt.error}"]
    assert log() == []


def test_without_a_key_it_is_said_that_the_shared_secret_alone_counts(
    admin: Client, settings: Any
) -> None:
    settings.ANYMAIL = {}
    receipt = in_quarantine(provider="resend")
    (done,) = said(act(admin, receipt, "let_in"))
    assert done.startswith("Let in, to be read, on the shared secret alone")
    assert (state(receipt), receipt.verdict) == ("new", "unsigned")


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_a_provider_may_be_asked(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At a host with ATOMIC_REQUESTS, for one receipt at a time."""
    open_then = []

    def ask(posted: Any, **when: Any) -> str:
        open_then.append(connection.in_atomic_block)
        return "valid"

    monkeypatch.setattr(mend, "signature", ask)
    act_on_all(admin, [in_quarantine()], "let_in")
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)
    act(admin, in_quarantine(), "let_in")
    assert open_then == [False, False]


def test_a_click_that_crosses_another_one_does_nothing_and_logs_nothing(
    admin: Client, unreadable: Receipt, alice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    get_object, quarantined = ModelAdmin.get_object, in_quarantine()

    def closed_meanwhile(self: Any, request: Any, *args: Any) -> Any:
        row: Any = get_object(self, request, *args)
        if request.method == "POST":
            mend.close_receipt(row.pk, by=alice, reason="a moment ago")
        return row

    monkeypatch.setattr(ReceiptAdmin, "get_object", closed_meanwhile)
    for receipt, name in ((unreadable, "read_again"), (quarantined, "let_in")):
        assert said(act(admin, receipt, name)) == ["It does not wait for a person any more."]
    assert (state(unreadable), state(quarantined)) == ("closed", "closed")
    assert log() == []


@pytest.mark.parametrize("name", ["number", "token", "bounce", "message", "provider"])
def test_it_is_attached_by_whatever_names_one_notification(
    name: str, admin: Client, unreadable: Receipt, notification: Notification
) -> None:
    attempt = attempt_of(notification, message_id="7041@mtasv.net")
    token = sign(attempt.pk, Purpose.NOTIFICATION, get_settings())
    message = sign(notification.pk, Purpose.MESSAGE, get_settings())
    terms = {
        "number": f"#{notification.pk}",
        "token": token,
        "bounce": f"{token}@bounces.crm.example",
        "message": f"<{message}@bounces.crm.example>",
        "provider": "<7041@mtasv.net>",
    }
    done = f"Attached to notification #{notification.pk}."
    assert said(act(admin, unreadable, "attach", f" {terms[name]} ")) == [done]
    event = Event.objects.get()
    assert (event.notification, event.receipt) == (notification, unreadable)
    assert state(unreadable) == "closed"
    assert log() == [("alice", done)]


@pytest.mark.parametrize("term", ["#4711", "nobody@example.com", "<script>", "John", "joh"])
def test_what_names_no_notification_attaches_nothing(
    term: str, admin: Client, unreadable: Receipt, notification: Notification
) -> None:
    """Not the beginning of an address or a name either, by which a search would find some."""
    assert said(act(admin, unreadable, "attach", term)) == [f"“{term}” names no notification."]
    assert state(unreadable) == "failed"
    assert log() == []


def test_a_message_id_that_several_recipients_share_names_them_all(
    admin: Client, unreadable: Receipt, call: Callable[..., Activity]
) -> None:
    both = [call().notifications.get() for _ in range(2)]
    for notification in both:
        attempt_of(notification, message_id="shared")
    (why,) = said(act(admin, unreadable, "attach", "shared"))
    numbers = ", ".join(f"#{notification.pk}" for notification in both)
    assert why == f"“shared” names more than one notification: {numbers}. Give the number of one."
    assert state(unreadable) == "failed"


@pytest.mark.parametrize("kind", ["failed", "quarantine"])
def test_it_is_closed_with_a_reason(kind: str, admin: Client) -> None:
    receipt = receipt_of(state=kind, error="boom")
    refused = said(act(admin, receipt, "close", " "))
    assert refused == ["Nothing was done: fill in “Reason”."]
    assert said(act(admin, receipt, "close", "a scanner")) == ["Closed: a scanner"]
    assert (state(receipt), receipt.note) == ("closed", "Alice: a scanner")
    assert log() == [("alice", "Closed: a scanner")]


def test_many_are_read_again_let_in_or_closed_at_once(admin: Client, settings: Any) -> None:
    settings.ANYMAIL = {"MAILERSEND_SIGNING_SECRET": KEY}
    broken = [receipt_of(state="failed") for _ in range(2)]
    kept_apart = [in_quarantine(), in_quarantine(key="guessed")]
    done = act_on_all(admin, broken, "read_again")
    assert said(done) == ["Read again: done for 2 of 2."]
    counted, why = said(act_on_all(admin, kept_apart, "let_in"))
    assert counted == "Let in: done for 1 of 2."
    assert "Not let in: " in why
    forged = kept_apart[1]
    assert said(act_on_all(admin, [forged], "close", text="forged"))[0].endswith("1 of 1.")
    assert [state(row) for row in (*broken, *kept_apart)] == ["new", "new", "new", "closed"]
    assert len(log()) == 4


@pytest.mark.parametrize("name", ["read_again", "let_in", "attach", "close"])
def test_who_may_only_look_can_do_nothing(
    name: str, staff: Callable[..., Client], notification: Notification
) -> None:
    kind = "quarantine" if name == "let_in" else "failed"
    receipt = receipt_of(state=kind)
    client = staff("view_receipt", "change_notification")
    assert offered(client, receipt) == []
    assert act(client, receipt, name, f"#{notification.pk}").status_code == 403
    assert b'name="action"' not in client.get(index("receipt")).content
    assert state(receipt) == kind


def test_attaching_needs_the_permission_to_change_notifications_too(
    staff: Callable[..., Client], unreadable: Receipt, notification: Notification
) -> None:
    client = staff("change_receipt")
    assert offered(client, unreadable) == ["read_again", "close"]
    assert act(client, unreadable, "attach", f"#{notification.pk}").status_code == 403
    assert not Event.objects.exists()
