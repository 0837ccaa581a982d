"""The replica knows the users of yesterday and nothing else; nobody notices."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import parseaddr
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm_notify import api
from crm_notify.checks import check_settings
from crm_notify.models import Activity, Alert, Notification
from crm_notify.steps.deliver import deliver
from crm_notify.steps.interpret import interpret
from crm_notify.steps.sweep import sweep
from tests.crm.models import Customer
from tests.people import Clock
from tests.posts import UNKNOWN_USER, sparkpost, token_of

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

Post = Callable[..., Any]


def copy(user: Any) -> Any:
    """The user as the replica knows him, under his key."""
    user.save(using="replica", force_insert=True)
    return get_user_model().objects.get(pk=user.pk)


@pytest.fixture
def old_janet(janet: Any) -> Any:
    """Janet as her request has her: read from the replica."""
    return copy(janet)


def test_the_loop_closes_beside_a_replica_that_lags(
    old_janet: Any, alice: Any, contoso: Customer, client: Client, post: Post, clock: Clock
) -> None:
    assert old_janet._state.db == "replica"
    assert not [message for message in check_settings() if message.id != "crm_notify.W029"]
    copy(alice)
    john: Any = contoso.owner
    api.set_wanted(john, True, target=contoso)
    with CaptureQueriesContext(connections["replica"]) as asked:
        activity = api.record_activity(actor=old_janet, verb="logged a call", target=contoso)
        assert activity._state.db == "default"
        first = activity.notifications.get()
        # John is in the primary only.
        assert (first.recipient, first.activity.actor) == (john, old_janet)
        deliver()
        post([sparkpost(token_of(first), "bounce", **UNKNOWN_USER)])
        interpret()
    assert len(asked) == 0

    client.force_login(old_janet)
    (warning,) = client.get("/notify/alerts.json").json()["alerts"]
    assert warning["recipient"] == "John"
    acknowledge = warning["actions"]["acknowledge"]
    assert client.post(acknowledge).status_code == 302
    assert Alert.objects.get().acknowledged_at is not None
    clock.forward(hours=5)
    sweep()
    client.force_login(alice)
    assert client.get("/admin/crm_notify/notification/").status_code == 200
    page = f"/admin/crm_notify/notification/{first.pk}/change/"
    assert "logged a call" in client.get(page).text

    proposed = api.correct(first, by=old_janet, address="jon@example.com")
    assert api.decide_correction(proposed, by=alice, accept=True).sent_again == 1
    assert get_user_model().objects.using("default").get(pk=john.pk).email == "jon@example.com"
    deliver()
    again = Notification.objects.latest("pk")
    post([sparkpost(token_of(again), "delivery", recipient="jon@example.com")])
    interpret()
    assert {parseaddr(message.to[0])[1] for message in mail.outbox[:2]} == {
        "john@example.com",
        "jon@example.com",
    }
    assert not api.open_alerts(old_janet).exists()
    assert not Activity.objects.using("replica").exists()


def test_a_user_who_was_read_by_hand_from_a_replica_is_the_same_user(
    john: Any, contoso: Customer, settings: Any
) -> None:
    """A host without routers, whose views name the replica where they read."""
    settings.DATABASE_ROUTERS = []
    john.save(using="replica", force_insert=True)
    old_john = get_user_model().objects.using("replica").get()
    activity = api.record_activity(actor=None, verb="closed", target=contoso, recipients=[old_john])
    mine = api.record_activity(actor=old_john, verb="called", target=contoso, recipients=[])
    assert {activity._state.db, mine._state.db} == {"default"}
    assert activity.notifications.get().recipient_id == john.pk
    with pytest.raises(ValueError, match="must be a"):
        mine.actor = contoso
