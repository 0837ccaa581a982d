"""A subscription of SNS is confirmed once, in the worker; one that ended is told to the admins."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from crm_notify.models import Event, Incident, Receipt
from crm_notify.steps.interpret import interpret
from crm_notify.steps.mend import try_again
from crm_notify.steps.replay import Window, replay
from tests.people import Clock
from tests.posts import AUTHORIZATION
from tests.support import sns
from tests.support.sns import Sns, message, signed

pytestmark = pytest.mark.django_db(transaction=True)

Send = Callable[[Any], int]
URL = "/notify/webhooks/amazon_ses/tracking/"


@pytest.fixture
def send(client: Client, amazon: Sns) -> Send:
    """Post a message as SNS does, and return the status of the answer."""

    def post(sent: Any) -> int:
        headers = {**sns.headers(sent), "Authorization": AUTHORIZATION}
        content_type = headers.pop("Content-Type")
        response = client.post(URL, sns.body(sent), content_type=content_type, headers=headers)
        return response.status_code

    return post


def subscription(**fields: Any) -> Any:
    return signed(message("SubscriptionConfirmation", **fields))


def opened(amazon: Sns) -> list[str]:
    return [url for url in amazon.asked if "Action=" in url]


def test_a_subscription_is_confirmed_once_and_by_the_worker(send: Send, amazon: Sns) -> None:
    asking = subscription()
    amazon.serve(asking["SubscribeURL"], b"<ConfirmSubscriptionResponse/>")
    assert send(asking) == 200
    assert opened(amazon) == []
    interpret()
    assert opened(amazon) == [asking["SubscribeURL"]]
    assert [result.error for result in replay(Window())] == [""]
    assert opened(amazon) == [asking["SubscribeURL"]]
    assert Receipt.objects.get().verdict == "valid"
    assert "may post here" in Event.objects.get().text
    assert not Incident.objects.exists()


def test_what_is_tried_again_after_it_was_read_confirms_nothing(send: Send, amazon: Sns) -> None:
    asking = subscription()
    amazon.serve(asking["SubscribeURL"], b"")
    send(asking)
    interpret()
    Receipt.objects.update(state="failed")
    assert try_again([Receipt.objects.get().pk]) == 1
    assert interpret() == 1
    assert len(opened(amazon)) == 1


def test_without_the_secret_nothing_is_confirmed(client: Client, amazon: Sns) -> None:
    asking = subscription()
    headers = sns.headers(asking)
    content_type = headers.pop("Content-Type")
    response = client.post(URL, sns.body(asking), content_type=content_type, headers=headers)
    assert response.status_code == 401
    interpret()
    assert amazon.asked == []


def test_without_the_signature_of_sns_nothing_is_confirmed(send: Send, amazon: Sns) -> None:
    asking = signed(message("SubscriptionConfirmation"), owner="somebody else")
    amazon.serve(asking["SubscribeURL"], b"")
    assert send(asking) == 503
    interpret()
    # Somebody takes it out of quarantine: its verdict stays.
    Receipt.objects.update(state="new", due_at=datetime.now(UTC))
    interpret()
    assert Receipt.objects.get().state == "read"
    assert opened(amazon) == []


def test_what_was_imported_confirms_nothing(send: Send, amazon: Sns) -> None:
    send(subscription())
    Receipt.objects.update(verdict="imported")
    interpret()
    assert opened(amazon) == []


def test_a_link_that_leads_elsewhere_is_not_opened(send: Send, amazon: Sns) -> None:
    elsewhere = "https://sns.eu-west-1.amazonaws.com.evil.example/?Action=ConfirmSubscription"
    assert send(subscription(SubscribeURL=elsewhere)) == 200
    interpret()
    assert opened(amazon) == []
    incident = Incident.objects.get(kind="silent")
    assert incident.subject == sns.TOPIC
    assert "does not lead to Amazon" in incident.sample


def test_what_sns_will_not_confirm_is_an_incident_until_it_does(send: Send, amazon: Sns) -> None:
    asking = subscription()
    amazon.serve(asking["SubscribeURL"], b"expired", 400)
    send(asking)
    interpret()
    incident = Incident.objects.get(kind="silent")
    assert "answered 400" in incident.sample
    assert incident.closed_at is None
    again = subscription(MessageId="another")
    amazon.serve(again["SubscribeURL"], b"")
    send(again)
    interpret()
    incident.refresh_from_db()
    assert incident.closed_at is not None


@pytest.mark.parametrize("status", [429, 500, 503])
def test_where_sns_cannot_answer_now_it_is_asked_again(
    send: Send, amazon: Sns, clock: Clock, status: int
) -> None:
    asking = subscription()
    amazon.serve(asking["SubscribeURL"], b"", status)
    send(asking)
    interpret()
    assert Receipt.objects.get().state == "new"
    amazon.serve(asking["SubscribeURL"], b"")
    clock.forward(minutes=2)
    interpret()
    assert Receipt.objects.get().state == "read"
    assert len(opened(amazon)) == 2
    assert try_again([Receipt.objects.get().pk]) == 0


def test_an_end_of_a_subscription_is_an_incident(send: Send, amazon: Sns) -> None:
    assert send(signed(message("UnsubscribeConfirmation"))) == 200
    interpret()
    incident = Incident.objects.get(kind="silent")
    assert (incident.subject, incident.count) == (sns.TOPIC, 1)
    assert opened(amazon) == []
    list(replay(Window()))
    incident.refresh_from_db()
    assert incident.count == 1


def test_a_notification_asks_nothing(send: Send, amazon: Sns) -> None:
    assert send(signed(message())) == 200
    interpret()
    assert opened(amazon) == []
    assert not Incident.objects.filter(kind="silent").exists()


def test_a_certificate_that_cannot_be_fetched_lets_sns_come_again(send: Send, amazon: Sns) -> None:
    amazon.serve(sns.CERTIFICATE, b"", 503)
    assert send(signed(message())) == 503
    # It is kept all the same, for SNS does not come for long.
    assert Receipt.objects.get().state == "quarantine"


def test_a_copy_of_an_old_message_is_not_let_in(send: Send) -> None:
    assert send(signed(message(at=datetime.now(UTC) - timedelta(days=1)))) == 503
    assert "too long ago" in Incident.objects.get(kind="signature").sample
