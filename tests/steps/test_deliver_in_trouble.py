"""Deliver when things go wrong: threads, slow calls, lost leases, one poisoned row."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import transaction

from crm_notify.channels.base import Answer, refuse_in_transaction
from crm_notify.channels.registry import CHANNELS
from crm_notify.exceptions import SendInTransaction
from crm_notify.models import Activity, Attempt, Notification
from crm_notify.steps import claim as claim_module
from crm_notify.steps import deliver as module
from crm_notify.steps.deliver import deliver
from tests.people import Clock

pytestmark = pytest.mark.django_db(transaction=True)

Call = Callable[..., Activity]
Result = Attempt.Result


class Scripted:
    """A channel that answers as a test says."""

    def __init__(self, answer: Callable[[Attempt], Answer]) -> None:
        self.answer = answer

    def provider_of(self, tenant: str) -> str:
        return "sparkpost"

    @contextmanager
    def open(self) -> Any:
        yield self

    def send(self, attempt: Attempt) -> Answer:
        return self.answer(attempt)


@pytest.fixture
def channel(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def use(answer: Callable[[Attempt], Answer]) -> None:
        monkeypatch.setitem(CHANNELS, "email", lambda: Scripted(answer))

    return use


def by_smtp(tenant: str) -> str:
    return "smtp"


def accepted(attempt: Attempt) -> Answer:
    return Answer(result=Result.ACCEPTED, message_id=f"m{attempt.pk}")


def test_no_mail_is_sent_while_a_transaction_is_open(notification: Notification) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError):
        deliver()
    with transaction.atomic(), pytest.raises(SendInTransaction):
        refuse_in_transaction()
    assert not mail.outbox


def test_threads_share_the_work(
    call: Call, bob: Any, john: Any, alice: Any, crm_notify_settings: Callable[..., None]
) -> None:
    call(recipients=[bob, john, alice])
    crm_notify_settings(THREADS=2, BATCH_SIZE=1)
    assert deliver() == 3
    assert len(mail.outbox) == 3


def test_what_may_pass_is_tried_again_with_growing_pauses_and_then_has_failed(
    notification: Notification,
    channel: Callable[..., None],
    clock: Clock,
    crm_notify_settings: Callable[..., None],
) -> None:
    crm_notify_settings(RETRY_PAUSES=[timedelta(minutes=1), timedelta(minutes=5)])
    channel(lambda attempt: Answer(result=Result.LATER, code="429", text="slow down"))
    waits = []
    for _ in range(3):
        assert deliver() == 1
        assert deliver() == 0
        notification.refresh_from_db()
        if notification.due_at is not None:
            waits.append(round((notification.due_at - clock.now()).total_seconds() / 60))
            clock.forward(minutes=waits[-1], seconds=1)
    assert waits == [1, 5]
    assert (notification.outcome, notification.tries) == ("failed", 3)
    assert Attempt.objects.filter(result="refused").count() == 1


def test_one_poisoned_row_stops_nobody(
    call: Call, bob: Any, john: Any, alice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    call(recipients=[bob, john, alice])
    Notification.objects.filter(recipient=john).update(address="john@example.com\nBcc: x@y.z")
    assert deliver() == 3
    assert len(mail.outbox) == 2
    assert Notification.objects.get(recipient=john).outcome == "failed"


def test_a_failure_does_not_wait_for_its_slow_neighbours(
    call: Call,
    bob: Any,
    john: Any,
    channel: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    call(recipients=[bob, john])
    monkeypatch.setattr(module, "SETTLE_EVERY", 0.0)
    seen: list[str] = []

    def answer(attempt: Attempt) -> Answer:
        seen.extend(Notification.objects.order_by("pk").values_list("outcome", flat=True))
        return Answer(result=Result.REFUSED, text="no")

    channel(answer)
    assert deliver() == 2
    assert seen == ["in_flight", "in_flight", "failed", "in_flight"]


def test_a_worker_that_is_alive_keeps_its_lease(
    call: Call,
    bob: Any,
    john: Any,
    channel: Callable[..., None],
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    call(recipients=[bob, john])
    channel(accepted)
    monkeypatch.setattr(module, "lease", lambda: timedelta(seconds=0.000001))
    monkeypatch.setattr(claim_module, "lease", lambda: timedelta(seconds=60))
    leases = dict(Attempt.objects.values_list("pk", "lease_until"))
    assert leases == {}
    deliver()
    second = Attempt.objects.order_by("pk")[1]
    # Renewed before its own call, so it ends before the lease that it was claimed with.
    assert second.lease_until < second.claimed_at + timedelta(seconds=60)


def test_who_lost_his_lease_does_not_send(
    call: Call, bob: Any, john: Any, alice: Any, channel: Callable[..., None], clock: Clock
) -> None:
    call(recipients=[bob, john, alice])
    spoken: list[int] = []

    def answer(attempt: Attempt) -> Answer:
        spoken.append(attempt.pk)
        Attempt.objects.filter(pk=attempt.pk + 1).update(result="released")
        return accepted(attempt)

    channel(answer)
    deliver()
    first, second, third = Attempt.objects.order_by("pk").values_list("pk", "result")
    assert spoken == [first[0], third[0]]
    assert second[1] == "released"


def test_the_late_answer_of_an_old_attempt_does_not_disturb_a_newer_one(
    notification: Notification, channel: Callable[..., None], clock: Clock
) -> None:
    newer: list[Attempt] = []

    def answer(attempt: Attempt) -> Answer:
        newer.append(
            Attempt.objects.create(
                notification=attempt.notification,
                provider="sparkpost",
                lease_until=clock.now(),
                claimed_at=clock.now(),
            )
        )
        return Answer(result=Result.LATER, text="busy")

    channel(answer)
    deliver()
    notification.refresh_from_db()
    assert notification.dispatch == "sending"


def test_two_claims_of_the_same_row_give_it_to_one(
    notification: Notification, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a database without row locks does: both read it as due, one writes it."""
    monkeypatch.setattr(claim_module, "_due", lambda *args, **kwargs: [(notification.pk, "")])
    first = claim_module.claim(channel="email", provider_of=by_smtp, limit=1)
    assert [attempt.notification for attempt in first] == [notification]
    assert claim_module.claim(channel="email", provider_of=by_smtp, limit=1) == []
    assert Attempt.objects.count() == 1
