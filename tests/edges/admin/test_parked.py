"""Parked events: picked by what is to become of them, attached, tried again, or closed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from crm_notify.models import Activity, Event, Incident, Notification
from tests.edges.admin.conftest import (
    act,
    act_on_all,
    attempt_of,
    bounce,
    index,
    log,
    parked,
    rows,
    said,
)

pytestmark = pytest.mark.django_db


def page(client: Client, event: Event) -> Any:
    return client.get(f"{index('event')}{event.pk}/change/")


def proposed(client: Client, event: Event) -> list[int]:
    """The notifications that the page names, in its order."""
    text = page(client, event).content.decode().split("May be about")[1].split("Evidence")[0]
    return [int(part.split("<")[0]) for part in text.split('change/">#')[1:]]


def test_each_kind_of_parked_events_can_be_picked(admin: Client, failed: Notification) -> None:
    matched = failed.events.get()
    waiting, given_up = parked(), parked(due_at=None)
    closed = parked(due_at=None, note="Alice: not ours")
    everything = [closed.pk, given_up.pk, waiting.pk, matched.pk]
    assert rows(admin.get(index("event"))) == everything
    assert rows(admin.get(index("event") + "?parked=waiting")) == [waiting.pk]
    assert rows(admin.get(index("event") + "?parked=given_up")) == [given_up.pk]
    assert rows(admin.get(index("event") + "?parked=closed")) == [closed.pk]


def test_what_a_person_attached_is_not_closed(admin: Client, notification: Notification) -> None:
    event = parked()
    act(admin, event, "attach", f"#{notification.pk}")
    assert rows(admin.get(index("event") + "?parked=closed")) == []


def test_an_attached_bounce_makes_its_notification_fail(
    admin: Client, notification: Notification
) -> None:
    attempt_of(notification)
    event = parked()
    done = f"Attached to notification #{notification.pk}."
    response = act(admin, event, "attach", f"#{notification.pk}")
    assert said(response) == [done]
    assert "Alice: it belongs here" in response.content.decode()
    assert response.context["acts"] == []
    notification.refresh_from_db()
    assert notification.outcome == "failed"
    assert log() == [("alice", done)]


def test_what_names_nothing_leaves_it_parked(admin: Client) -> None:
    event = parked()
    assert said(act(admin, event, "attach", "#4711")) == ["“#4711” names no notification."]
    event.refresh_from_db()
    assert event.due_at is not None
    assert log() == []


def test_an_event_is_closed_with_a_reason(admin: Client) -> None:
    event = parked()
    assert said(act(admin, event, "close", "the shop's own mail")) == [
        "Closed: the shop's own mail"
    ]
    event.refresh_from_db()
    assert (event.due_at, event.note) == (None, "Alice: the shop's own mail")
    text = page(admin, event).content.decode()
    assert "Alice: the shop&#x27;s own mail" in text
    assert "May be about" not in text
    refused = said(act(admin, event, "close", "again"))
    assert refused[-1] == "Nothing was done: it is not needed any more."


def test_trying_again_finds_what_is_known_by_now(admin: Client, notification: Notification) -> None:
    event = parked(message_id="7041", recipient="john@example.com", due_at=None)
    attempt_of(notification, message_id="7041")
    done = f"It belongs to notification #{notification.pk}."
    assert said(act(admin, event, "try_now")) == [done]
    event.refresh_from_db()
    assert event.matched == Event.Matched.MESSAGE_ID
    assert log() == [("alice", done)]


def test_trying_in_vain_says_so_and_changes_nothing(admin: Client) -> None:
    old = timezone.now() - timedelta(days=90)
    event = parked(recorded_at=old, due_at=None)
    assert said(act(admin, event, "try_now")) == ["It still belongs to nothing that we sent."]
    event.refresh_from_db()
    assert event.due_at is None
    assert log() == []
    assert not Incident.objects.exists()


def test_many_are_tried_or_closed_at_once(admin: Client, notification: Notification) -> None:
    ours = parked(message_id="7041", recipient="john@example.com")
    foreign = parked()
    attempt_of(notification, message_id="7041")
    counted, why = said(act_on_all(admin, [ours, foreign], "try_now"))
    assert counted == "Try again now: done for 1 of 2."
    assert why.endswith("It still belongs to nothing that we sent.")
    closed = said(act_on_all(admin, [foreign], "close", text="not ours"))
    assert closed == ["Close with a reason: done for 1 of 1."]
    assert len(log()) == 2


def test_the_newest_to_the_same_recipient_before_it_are_proposed(
    admin: Client, call: Callable[..., Activity], bob: Any
) -> None:
    bounce(call(recipients=[bob]).notifications.get())
    mine = [call().notifications.get().pk for _ in range(6)]
    event = parked(recipient="John@Example.com")
    later = call().notifications.get()
    Notification.objects.filter(pk=later.pk).update(
        created_at=event.recorded_at + timedelta(seconds=1)
    )
    assert proposed(admin, event) == mine[:0:-1]


def test_what_has_its_message_id_is_proposed(
    admin: Client, notification: Notification, call: Callable[..., Activity]
) -> None:
    call()
    attempt_of(notification, message_id="7041")
    event = parked(message_id="7041", recipient="jon@example.com")
    assert proposed(admin, event) == [notification.pk]
    text = page(admin, event).content.decode()
    for word in ("John", "Contoso", "on its way"):
        assert word in text


def test_an_event_that_names_nobody_is_about_nothing(
    admin: Client, notification: Notification
) -> None:
    """An empty message id and an empty address are no clues, though others have them too."""
    attempt_of(notification)
    Notification.objects.update(address="")
    event = parked()
    assert proposed(admin, event) == []
    assert "nothing that we sent" in page(admin, event).content.decode()


@pytest.mark.parametrize("number", [1, 5])
def test_proposing_costs_one_query(
    number: int, admin: Client, call: Callable[..., Activity], django_assert_num_queries: Any
) -> None:
    for _ in range(number):
        call()
    event = parked(recipient="john@example.com")
    # The session and its user, the event, and what it may be about.
    with django_assert_num_queries(4):
        page(admin, event)


@pytest.mark.parametrize("name", ["try_now", "attach", "close"])
def test_who_may_only_look_can_do_nothing(
    name: str, staff: Callable[..., Client], notification: Notification
) -> None:
    event = parked()
    client = staff("view_event", "change_notification")
    assert page(client, event).context["acts"] == []
    assert act(client, event, name, f"#{notification.pk}").status_code == 403
    assert b'name="action"' not in client.get(index("event")).content
    event.refresh_from_db()
    assert (event.notification, event.note) == (None, "")


def test_attaching_needs_the_permission_to_change_notifications_too(
    staff: Callable[..., Client], notification: Notification
) -> None:
    event = parked(recipient="john@example.com")
    client = staff("change_event")
    response = page(client, event)
    assert [act.name for act in response.context["acts"]] == ["try_now", "close"]
    assert "May be about" not in response.content.decode()
    assert act(client, event, "attach", f"#{notification.pk}").status_code == 403
