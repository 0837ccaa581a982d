"""Settle: whose fault it was, and what is one thing for the admins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError

from crm_notify.models import (
    Attempt,
    Event,
    Incident,
    Installation,
    Notification,
    Receipt,
    Subscription,
)
from crm_notify.querysets import reasons
from crm_notify.steps import incident as incident_module
from crm_notify.steps.claim import claim
from crm_notify.steps.conclude import conclude
from crm_notify.steps.deliver import deliver
from crm_notify.steps.incident import note_incident
from crm_notify.steps.interpret import interpret
from crm_notify.steps.settle import settle
from crm_notify.steps.subscribe import set_wanted
from tests.posts import UNKNOWN_USER, sparkpost, token_of

pytestmark = pytest.mark.django_db(transaction=True)

Post = Callable[..., Any]
DMARC = {
    "bounce_class": "50",
    "error_code": "550",
    "raw_reason": "550 5.7.26 unauthenticated mail is prohibited by DMARC",
}


def bounced(post: Post, *events: dict[str, Any]) -> None:
    post(events)
    interpret()


def test_settling_nothing_does_nothing(notification: Notification) -> None:
    settle([])
    conclude([])
    notification.refresh_from_db()
    assert notification.outcome == "in_flight"


def test_a_failure_that_is_our_own_fault_is_one_incident(
    call: Callable[..., Any], bob: Any, john: Any, post: Post
) -> None:
    call(recipients=[bob, john])
    deliver()
    Attempt.objects.update(provider="sparkpost")
    bounced(
        post, *[sparkpost(token_of(row), "bounce", **DMARC) for row in Notification.objects.all()]
    )
    assert set(Notification.objects.values_list("outcome", "blame")) == {("failed", "sender")}
    incident = Incident.objects.get()
    assert (incident.kind, incident.subject, incident.count) == ("sender", "sparkpost", 2)


@pytest.mark.parametrize("order", [0, 1])
def test_a_named_cause_speaks_before_an_unnamed_one(
    notification: Notification, post: Post, order: int
) -> None:
    deliver()
    name = token_of(notification)
    news = [
        sparkpost(name, "bounce", bounce_class="1", raw_reason="something went wrong"),
        sparkpost(name, "out_of_band", **UNKNOWN_USER),
    ]
    for event in news[::-1] if order else news:
        bounced(post, event)
    notification.refresh_from_db()
    assert notification.blame == "address"


def test_what_explains_a_failure_is_its_heaviest_event_or_the_refused_call(
    call: Callable[..., Any], bob: Any, john: Any, post: Post, django_assert_num_queries: Any
) -> None:
    call(recipients=[bob, john])
    refused = Notification.objects.get(recipient=bob)
    refused.address = ""
    refused.save()
    deliver()
    row = Notification.objects.get(recipient=john)
    name = token_of(row)
    bounced(
        post,
        sparkpost(name, "delay", error_code="451", raw_reason="451 4.7.1 greylisted"),
        sparkpost(name, "bounce", **UNKNOWN_USER),
    )
    with django_assert_num_queries(2):
        found = reasons([row, refused])
    assert isinstance(found[refused.pk], Attempt)
    assert found[row.pk].code == "5.1.1"


def test_news_parked_for_another_mail_of_the_same_id_is_left_alone(
    notification: Notification, post: Post
) -> None:
    (attempt,) = claim(channel="email", provider_of=lambda tenant: "sparkpost", limit=1)
    bounced(
        post,
        sparkpost("", "bounce", transmission_id="66", recipient="other@example.com"),
    )
    attempt.result, attempt.message_id = "accepted", "66"
    attempt.save()
    conclude([attempt])
    assert Event.objects.get().notification is None


def test_a_message_id_of_two_addresses_names_the_right_one(
    call: Callable[..., Any], bob: Any, john: Any, post: Post
) -> None:
    call(recipients=[bob, john])
    deliver()
    Attempt.objects.update(provider="sparkpost", message_id="66")
    bounced(post, sparkpost("", "bounce", transmission_id="66", recipient="JOHN@example.com"))
    assert Event.objects.get().notification == Notification.objects.get(recipient=john)
    assert Event.objects.get().matched == "message_id"


def test_a_token_of_a_deleted_notification_matches_nothing(
    notification: Notification, post: Post
) -> None:
    deliver()
    name = token_of(notification)
    notification.delete()
    bounced(post, sparkpost(name, "bounce", **UNKNOWN_USER))
    assert Event.objects.get().notification is None


def test_two_reports_at_once_open_one_incident(monkeypatch: pytest.MonkeyPatch) -> None:
    note_incident(Incident.Kind.EMPTY, subject="x")
    counted = incident_module._count
    first = iter([True])

    def not_seen_at_first(*args: Any, **kwargs: Any) -> int:
        return 0 if next(first, False) else counted(*args, **kwargs)

    monkeypatch.setattr(incident_module, "_count", not_seen_at_first)
    note_incident(Incident.Kind.EMPTY, subject="x")
    assert Incident.objects.get().count == 2


def test_every_row_has_a_name_that_people_can_read(
    notification: Notification, post: Post, john: Any, clock: Any
) -> None:
    deliver()
    bounced(post, sparkpost(token_of(notification), "bounce", **UNKNOWN_USER))
    set_wanted(john, True, target=notification.activity.target, owned=False)
    note_incident(Incident.Kind.EMPTY, subject="sparkpost")
    assert str(notification) == "John: on its way"
    assert str(notification.activity) == "Janet Smith logged a call: Contoso"
    assert str(notification.activity.notifications.get().alerts.get()).startswith("janet: John")
    assert str(Attempt.objects.get()) == "locmem accepted"
    assert str(Event.objects.get()) == "bounced 5.1.1"
    assert str(Incident.objects.get()) == "requests came without their body (sparkpost)"
    assert str(Installation.objects.get()) == "tests"
    assert str(Receipt.objects.get()).startswith("sparkpost tracking 20")
    assert str(Subscription.objects.get()) == "john record +"


def test_the_database_itself_refuses_what_breaks_the_promise(notification: Notification) -> None:
    with pytest.raises(IntegrityError):
        Notification.objects.update(due_at=None)
