"""What a person does about news that nobody could read, or that belongs to nothing we know."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from crm_notify import api
from crm_notify.exceptions import RefusedInput
from crm_notify.models import Activity, Alert, Attempt, Event, Notification, Receipt
from crm_notify.rules.evidence import WEIGHT, Kind
from crm_notify.rules.news import Posted
from crm_notify.steps import mend
from crm_notify.steps.deliver import deliver
from crm_notify.steps.interpret import interpret
from crm_notify.steps.receive import quarantine, receive
from crm_notify.steps.sweep import sweep
from tests.people import Clock
from tests.posts import UNKNOWN_USER, sparkpost

pytestmark = pytest.mark.django_db(transaction=True)

State = Receipt.State
KEY = "the key that MailerSend shows"
WAITING = [State.FAILED, State.QUARANTINED]
SETTLED = [State.NEW, State.READ, State.CLOSED]


def receipt_in(state: Receipt.State, **fields: Any) -> Receipt:
    """One that nobody could read, so far."""
    due_at = timezone.now() if state == State.NEW else None
    values = {"error": "ValueError: no JSON", "tries": 5, "due_at": due_at, **fields}
    return Receipt.objects.create(
        provider="sparkpost",
        via="tracking",
        method="POST",
        body=b"nonsense",
        state=state,
        received_at=timezone.now(),
        **values,
    )


def parked(**fields: Any) -> Event:
    """News of a bounce that belongs to nothing."""
    now = timezone.now()
    values = {"kind": Kind.BOUNCED, "evidence": WEIGHT[Kind.BOUNCED], "blame": "address", **fields}
    return Event.objects.create(
        provider="sparkpost", recorded_at=now, due_at=now, fingerprint="parked", **values
    )


def from_mailersend(*, key: str) -> Posted:
    """A post that is signed with this key."""
    event = {"type": "activity.delivered", "created_at": "2026-01-01T00:00:00Z", "id": key}
    body = json.dumps(event).encode()
    return Posted(
        provider="mailersend",
        via="tracking",
        method="POST",
        url="",
        headers={
            "content-type": "application/json",
            "signature": hmac.new(key.encode(), body, hashlib.sha256).hexdigest(),
        },
        body=body,
    )


def kept_apart(*, key: str = KEY) -> Receipt:
    receipt = quarantine(from_mailersend(key=key), reason="the reason of the day it came")
    assert receipt is not None
    return receipt


def outcome(notification: Notification) -> str:
    notification.refresh_from_db()
    return notification.outcome


def test_what_failed_is_read_again_from_the_first_try() -> None:
    failed, read = receipt_in(State.FAILED), receipt_in(State.READ)
    assert mend.try_again([failed.pk, read.pk]) == 1
    failed.refresh_from_db()
    assert (failed.state, failed.tries, failed.error) == (State.NEW, 0, "")
    assert interpret() == 1
    assert mend.try_again([read.pk]) == 0


def test_what_is_signed_with_the_key_that_was_missing_is_let_in_and_read(settings: Any) -> None:
    settings.ANYMAIL = {"MAILERSEND_SIGNING_SECRET": KEY}
    receipt = kept_apart()
    assert interpret() == 0
    assert mend.let_in([receipt.pk]) == 1
    receipt.refresh_from_db()
    assert (receipt.state, receipt.verdict, receipt.error) == (State.NEW, "valid", "")
    assert interpret() == 1


def test_a_forgery_stays_in_quarantine_with_the_reason_of_today(settings: Any) -> None:
    settings.ANYMAIL = {"MAILERSEND_SIGNING_SECRET": KEY}
    forged, honest = kept_apart(key="guessed"), kept_apart()
    assert mend.let_in([forged.pk, honest.pk]) == 1
    forged.refresh_from_db()
    assert (forged.state, forged.verdict) == (State.QUARANTINED, "wrong")
    assert forged.error != "the reason of the day it came"


def test_where_no_key_is_asked_for_any_more_the_shared_secret_counts(settings: Any) -> None:
    settings.ANYMAIL = {}
    post = Posted(provider="resend", via="tracking", method="POST", url="", headers={}, body=b"[]")
    receipt = quarantine(post, reason="signed with another key")
    assert receipt is not None
    assert mend.let_in([receipt.pk]) == 1
    receipt.refresh_from_db()
    assert receipt.verdict == "unsigned"


def test_only_what_is_in_quarantine_is_let_in() -> None:
    closed = receipt_in(State.CLOSED)
    assert mend.let_in([closed.pk, 4711]) == 0
    closed.refresh_from_db()
    assert closed.state == State.CLOSED


@pytest.mark.parametrize("state", WAITING)
def test_what_is_closed_keeps_its_bytes_and_says_who_closed_it_and_why(
    state: Receipt.State, alice: Any
) -> None:
    receipt = receipt_in(state)
    mend.close_receipt(receipt.pk, by=alice, reason=" somebody's\nscanner ")
    receipt.refresh_from_db()
    assert (receipt.state, receipt.note) == (State.CLOSED, "Alice: somebody's scanner")
    assert bytes(receipt.body) == b"nonsense"
    assert mend.try_again([receipt.pk]) == mend.let_in([receipt.pk]) == 0


@pytest.mark.parametrize("state", SETTLED)
def test_what_does_not_wait_for_a_person_is_neither_closed_nor_attached(
    state: Receipt.State, alice: Any, notification: Notification
) -> None:
    receipt = receipt_in(state, note="as it was")
    with pytest.raises(RefusedInput, match="does not wait"):
        mend.close_receipt(receipt.pk, by=alice, reason="x")
    with pytest.raises(RefusedInput, match="does not wait"):
        mend.attach_receipt(receipt.pk, notification.pk, by=alice)
    receipt.refresh_from_db()
    assert (receipt.state, receipt.note) == (state, "as it was")
    assert not Event.objects.exists()


def test_closing_needs_a_reason(alice: Any) -> None:
    receipt, event = receipt_in(State.FAILED), parked()
    for close, row in ((mend.close_receipt, receipt), (mend.close_event, event)):
        with pytest.raises(RefusedInput, match="Say why"):
            close(row.pk, by=alice, reason=" \n ")
    receipt.refresh_from_db()
    event.refresh_from_db()
    assert (receipt.state, event.note) == (State.FAILED, "")


@pytest.mark.parametrize("state", WAITING)
def test_somebody_is_asked_about_what_nobody_could_read_unless_a_delivery_is_heard_of(
    state: Receipt.State, notification: Notification, alice: Any, janet: Any, clock: Clock
) -> None:
    deliver()
    receipt = receipt_in(state)
    event = mend.attach_receipt(receipt.pk, notification.pk, by=alice)
    assert (event.receipt, event.author, event.text) == (receipt, alice, "ValueError: no JSON")
    receipt.refresh_from_db()
    assert receipt.state == State.CLOSED
    assert receipt.note == f"Alice: it is about notification {notification.pk}"
    assert outcome(notification) == "in_flight"
    clock.forward(minutes=20)
    sweep()
    assert outcome(notification) == "unclear"
    assert api.open_alerts(janet).count() == 1


def test_a_known_delivery_outweighs_what_nobody_could_read(
    notification: Notification, alice: Any
) -> None:
    deliver()
    delivered = parked(kind=Kind.DELIVERED, evidence=WEIGHT[Kind.DELIVERED], blame="")
    mend.attach_event(delivered.pk, notification.pk, by=alice)
    mend.attach_receipt(receipt_in(State.FAILED).pk, notification.pk, by=alice)
    assert outcome(notification) == "told"
    assert not Alert.objects.exists()


def test_a_parked_bounce_that_is_attached_makes_its_notification_fail(
    notification: Notification, alice: Any, janet: Any
) -> None:
    deliver()
    event = parked()
    attached = mend.attach_event(event.pk, notification.pk, by=alice)
    assert attached.attempt == Attempt.objects.get()
    assert (attached.matched, attached.due_at) == (Event.Matched.PERSON, None)
    assert attached.note == "Alice: it belongs here"
    assert outcome(notification) == "failed"
    assert api.open_alerts(janet).count() == 1


def test_of_several_attempts_nobody_is_said_to_have_bounced(
    notification: Notification, alice: Any
) -> None:
    deliver()
    first = Attempt.objects.get()
    first.pk = None
    first.save()
    attached = mend.attach_event(parked().pk, notification.pk, by=alice)
    assert attached.attempt is None
    assert outcome(notification) == "failed"


def test_an_event_is_attached_or_closed_once(
    call: Callable[..., Activity], notification: Notification, alice: Any
) -> None:
    other = call().notifications.get()
    event = parked()
    mend.attach_event(event.pk, notification.pk, by=alice)
    with pytest.raises(RefusedInput, match="not parked any more"):
        mend.attach_event(event.pk, other.pk, by=alice)
    with pytest.raises(RefusedInput, match="not parked any more"):
        mend.close_event(event.pk, by=alice, reason="x")
    event.refresh_from_db()
    assert event.notification == notification


def test_a_closed_event_is_tried_no_more(alice: Any, clock: Clock) -> None:
    event = parked(message_id="of somebody else")
    mend.close_event(event.pk, by=alice, reason="the shop's own mail")
    clock.forward(hours=1)
    sweep()
    event.refresh_from_db()
    assert (event.due_at, event.notification) == (None, None)
    assert event.note == "Alice: the shop's own mail"
    with pytest.raises(RefusedInput, match="not parked any more"):
        mend.close_event(event.pk, by=alice, reason="again")


def test_closed_news_that_comes_again_stays_closed(alice: Any) -> None:
    """The provider repeats itself, and so does a replay."""
    body = json.dumps([sparkpost("", "bounce", **UNKNOWN_USER)]).encode()
    post = Posted(
        provider="sparkpost", via="tracking", method="POST", url="", headers={}, body=body
    )
    receive(post)
    interpret()
    mend.close_event(Event.objects.get().pk, by=alice, reason="not ours")
    receive(post)
    assert interpret() == 1
    assert Event.objects.get().note == "Alice: not ours"
