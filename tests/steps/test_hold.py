"""Outbound safety: a switch, and a database that knows where it belongs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail

from crm_notify import api
from crm_notify.exceptions import RefusedInput
from crm_notify.models import Incident, Notification
from crm_notify.signals import notification_failed
from crm_notify.steps.deliver import deliver

pytestmark = pytest.mark.django_db(transaction=True)


def test_held_mail_stays_queued_until_it_is_released(notification: Notification) -> None:
    api.hold_sending(by="alice", reason="The text is wrong")
    assert deliver() == 0
    assert not mail.outbox
    with pytest.raises(RefusedInput, match="Say why"):
        api.hold_sending(by="alice", reason=" ")
    assert Incident.objects.get(closed_at=None).kind == "held"
    api.release_sending(by="alice")
    assert deliver() == 1
    assert not Incident.objects.filter(closed_at=None).exists()


def test_a_copy_of_the_database_elsewhere_holds_its_mail_by_itself(
    notification: Notification, crm_notify_settings: Callable[..., None]
) -> None:
    assert api.installation().name == "tests"
    crm_notify_settings(INSTALLATION="staging")
    assert deliver() == 0
    assert api.installation().held
    assert "tests" in api.installation().reason
    assert deliver() == 0
    api.release_sending(by="alice")
    assert api.installation().name == "staging"
    assert deliver() == 1


def test_holding_ends_a_worker_that_is_under_way(
    call: Callable[..., Any], bob: Any, john: Any, crm_notify_settings: Callable[..., None]
) -> None:
    call(recipients=[bob, john])
    crm_notify_settings(BATCH_SIZE=1)

    Notification.objects.update(address="")

    def hold_after_the_first(**kwargs: Any) -> None:
        api.hold_sending(by="alice", reason="Stop")

    notification_failed.connect(hold_after_the_first)
    try:
        assert deliver() == 1
    finally:
        notification_failed.disconnect(hold_after_the_first)
    assert Notification.objects.filter(dispatch="queued").count() == 1
