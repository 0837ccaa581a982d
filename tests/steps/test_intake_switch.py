"""The switch of the intake: held, what comes in is stored; opened, it is worked off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from crm_notify import api
from crm_notify.exceptions import RefusedInput
from crm_notify.models import Attempt, Event, Incident, Notification, Receipt
from crm_notify.steps.deliver import deliver
from crm_notify.steps.interpret import interpret
from crm_notify.steps.sweep import sweep
from tests.people import Clock
from tests.posts import UNKNOWN_USER, sparkpost, token_of

pytestmark = pytest.mark.django_db(transaction=True)

Post = Callable[..., Any]


def test_what_is_held_is_stored_and_read_in_order_once_it_is_opened(
    notification: Notification, post: Post
) -> None:
    deliver()
    api.hold_intake(by="Alice", reason="they post rubbish")
    name = token_of(notification)
    assert post([sparkpost(name, "delivery")]).status_code == 200
    assert post([sparkpost(name, "out_of_band", **UNKNOWN_USER)]).status_code == 200
    assert interpret() == 0
    assert Receipt.objects.filter(state="new").count() == 2
    assert not Event.objects.exists()

    api.open_intake(by="Alice")
    assert interpret() == 2
    assert list(Event.objects.order_by("pk").values_list("kind", flat=True)) == [
        "delivered",
        "bounced",
    ]
    notification.refresh_from_db()
    assert notification.outcome == "failed"


def test_who_shuts_it_and_why_stands_before_the_admins_until_it_is_opened() -> None:
    api.hold_intake(by="Alice", reason="they post rubbish")
    row = api.installation()
    assert (row.intake, row.intake_reason, row.intake_changed_by) == (
        "held",
        "they post rubbish",
        "Alice",
    )
    api.close_intake(by="Bob", reason="the disk is full")
    incident = Incident.objects.get(closed_at=None)
    assert (incident.kind, incident.sample) == ("intake", "closed: the disk is full (Bob)")
    api.open_intake(by="Alice")
    assert not Incident.objects.filter(closed_at=None).exists()
    assert api.installation().intake_reason == ""


@pytest.mark.parametrize("act", [api.hold_intake, api.close_intake])
def test_nobody_shuts_it_without_a_reason(act: Callable[..., Any]) -> None:
    with pytest.raises(RefusedInput, match="Say why"):
        act(by="Alice", reason=" ")
    assert api.installation().intake == "open"


def test_while_it_is_shut_no_mail_is_repeated_for_want_of_news(
    notification: Notification, clock: Clock
) -> None:
    """The news of its delivery may lie in the box."""
    deliver()
    Attempt.objects.update(result="unknown")
    Notification.objects.update(dispatch="unknown", due_at=clock.now())
    api.hold_intake(by="Alice", reason="they post rubbish")
    clock.forward(hours=1)
    sweep()
    notification.refresh_from_db()
    assert notification.dispatch == "unknown"
    api.open_intake(by="Alice")
    sweep()
    notification.refresh_from_db()
    assert notification.dispatch == "queued"
