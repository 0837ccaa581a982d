"""Whoever is killed just before a commit leaves nothing half done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from crm_notify import api
from crm_notify.models import Event, Notification
from crm_notify.steps.deliver import deliver
from crm_notify.steps.interpret import interpret
from crm_notify.steps.receive import receive
from crm_notify.steps.sweep import sweep
from tests.people import Clock
from tests.play.news import tracked
from tests.play.speakers import Killed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def acts(notification: Notification, john: Any, alice: Any) -> dict[str, Callable[[], object]]:
    """What people and the sweep do about a notification of which nothing is known."""
    record: Any = notification.activity.target
    return {
        "it is given up": sweep,
        "somebody tells him": lambda: api.state_told(notification, by=alice, how="by phone"),
        "it is closed": lambda: api.close(notification, by=alice, reason="the deal is off"),
        "he sees it": lambda: api.mark_seen(record, user=john),
        "news is read": interpret,
    }


@pytest.mark.parametrize(
    "act", ["it is given up", "somebody tells him", "it is closed", "he sees it", "news is read"]
)
def test_what_is_written_down_and_what_follows_from_it_are_one(
    notification: Notification,
    acts: dict[str, Callable[[], object]],
    act: str,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    deliver()
    notification.attempts.update(provider="sparkpost")
    clock.forward(days=6)
    if act == "it is closed":
        sweep()
    receive(tracked(notification.attempts.get(), "bounced", named=True, number=1))
    notification.refresh_from_db()
    before = notification.outcome, Event.objects.count()

    def die(*args: Any, **kwargs: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("crm_notify.steps.settle.raise_or_close", die)
        with pytest.raises(Killed):
            acts[act]()
    notification.refresh_from_db()
    assert (notification.outcome, Event.objects.count()) == before
    clock.forward(minutes=6)
    acts[act]()
    notification.refresh_from_db()
    assert notification.outcome != before[0]
