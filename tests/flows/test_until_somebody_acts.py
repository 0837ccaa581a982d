"""The story of the blog post while Janet is on leave: it does not rest until somebody acts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.utils import timezone

from crm_notify import api
from crm_notify.models import Activity, Alert, Incident, Notification, Preference, Reach
from crm_notify.steps.deliver import deliver
from crm_notify.steps.interpret import interpret
from crm_notify.steps.sweep import sweep
from tests.crm.models import Customer
from tests.people import Clock
from tests.play.world import StillClock
from tests.posts import UNKNOWN_USER, sparkpost, token_of

pytestmark = pytest.mark.django_db(transaction=True)

Post = Callable[..., Any]
Change = Callable[..., None]
RIGHT = "jon@example.com"
POLICY = {
    "bounce_class": "51",
    "error_code": "554",
    "raw_reason": "554 5.7.1 message blocked by the policy of this site",
}


def contacts(user: Any) -> list[str]:
    """The customers' people, as a CRM knows them."""
    return [RIGHT, "sales@example.com"]


def hear(post: Post, kind: str, rows: Iterable[Notification], **fields: Any) -> None:
    """The provider reports on the last mail of each of these."""
    events = [sparkpost(token_of(row), kind, recipient=row.address, **fields) for row in rows]
    assert post(events).status_code == 200
    assert interpret() == 1


def standing() -> Counter[str]:
    """Before how many warnings everybody stands."""
    alerts = Alert.objects.filter(closed_at=None).select_related("person")
    return Counter(str(alert.person or "admins") for alert in alerts)


def to(address: str) -> list[Any]:
    return [message for message in mail.outbox if address in message.to[0]]


def test_a_bounce_does_not_rest_until_somebody_has_acted(
    call: Callable[..., Activity],
    post: Post,
    crm_notify_settings: Change,
    clock: Clock,
    janet: Any,
    john: Any,
    bob: Any,
    alice: Any,
) -> None:
    texts: list[tuple[str, str]] = []
    messenger = "tests.channels.fallback.messengers.Scripted"
    crm_notify_settings(
        CHANNELS={"sms": {"CLASS": messenger, "OPTIONS": {"sent": texts}}},
        DIGEST_TO=[alice.email],
        CONTACTS=f"{__name__}.contacts",
    )
    Reach.objects.create(user=john, channel="sms", address="+49 30 1234")
    Preference.objects.create(user=janet, stand_in=bob)

    # Janet logs three calls and goes on leave. The mails to John bounce: he is really jon@.
    missed = [
        call(text=text, urgency=urgency).notifications.get()
        for text, urgency in [("First", "normal"), ("Second", "urgent"), ("Third", "normal")]
    ]
    deliver()
    hear(post, "bounce", missed, **UNKNOWN_USER)
    assert standing() == {"janet": 3}
    deliver()
    assert [number for number, _ in texts] == ["+49 30 1234"]

    # Nobody acknowledges.
    clock.forward(minutes=14)
    sweep()
    assert standing() == {"janet": 3}
    clock.forward(minutes=2)
    sweep()
    assert standing() == {"janet": 3, "bob": 3}
    clock.forward(hours=3, minutes=40)
    sweep()
    assert standing() == {"janet": 3, "bob": 3}
    assert not to(alice.email)

    # After four hours it stands before the admins, of whom Alice reads her mail.
    clock.forward(minutes=10)
    for _ in range(3):
        sweep()
        deliver()
    assert standing() == {"janet": 3, "bob": 3, "admins": 3}
    (digest,) = to(alice.email)
    assert digest.body.count("John was not told: Janet Smith logged a call: Contoso") == 3
    assert len(texts) == 1

    # What is logged for him now is not sent into the void.
    fourth = call(actor=bob, text="Fourth").notifications.get()
    deliver()
    assert not to("john@example.com")[3:]
    assert standing() == {"janet": 3, "bob": 4, "admins": 3}

    # She corrects the address, once.
    (suggestion, *_) = api.suggest(missed[0])
    assert (suggestion.address, suggestion.why) == (RIGHT, "spelling")
    correction = api.correct(missed[0], by=alice, address=suggestion.address)
    assert correction.sent_again == 4
    john.refresh_from_db()
    assert john.email == RIGHT
    deliver()
    again = list(Notification.objects.filter(address=RIGHT).order_by("pk"))
    assert [row.previous for row in again] == [*missed, fourth]
    assert [message.body.split("\n\n")[1].strip() for message in to(RIGHT)] == [
        "First",
        "Second",
        "Third",
        "Fourth",
    ]

    # The alerts of everybody end with the evidence, and say why.
    hear(post, "delivery", again)
    assert standing() == {}
    assert set(Alert.objects.values_list("closed", flat=True)) == {"told"}
    assert not Notification.objects.exclude(outcome="told").exists()
    clock.forward(days=3)
    for _ in range(3):
        sweep()
        deliver()
    assert (len(texts), len(to(alice.email)), len(to(RIGHT))) == (1, 1, 4)
    assert standing() == {}


@pytest.fixture
def still_clock(monkeypatch: pytest.MonkeyPatch) -> StillClock:
    """How many mails a minute lets go is not for the speed of this machine to say."""
    clock = StillClock()
    monkeypatch.setattr(timezone, "now", clock.now)
    return clock


def test_500_failures_of_one_cause_are_one_thing_and_each_mail_arrives_once(
    post: Post, janet: Any, alice: Any, contoso: Customer, still_clock: StillClock
) -> None:
    model = get_user_model()
    users = model.objects.bulk_create(
        [model(username=f"user{n}", email=f"user{n}@example.com") for n in range(500)]
    )
    for urgency, told in [("normal", users[:490]), ("urgent", users[490:])]:
        api.record_activity(
            actor=janet, verb="logged a call", target=contoso, recipients=told, urgency=urgency
        )
    deliver()
    rows = list(Notification.objects.order_by("pk"))
    for start in range(0, 500, 100):
        hear(post, "bounce", rows[start : start + 100], **POLICY)
        still_clock.forward(seconds=12)

    incident = Incident.objects.get()
    assert (incident.kind, incident.subject, incident.count) == ("failures", "example.com", 500)
    assert Alert.objects.filter(incident=incident).count() == 490
    alone = Alert.objects.filter(incident=None)
    assert set(alone.values_list("chain__activity__urgency", flat=True)) == {"urgent"}
    # All of it stands before Janet: as one line, and the urgent ones each.
    assert standing() == {"janet": 500}
    assert api.count_alerts(janet) == 11
    still_clock.forward(hours=5)
    sweep()
    assert standing() == {"janet": 500, "admins": 10}

    # The cause is gone: what was folded is sent again, slowly; the urgent ones were seen to.
    for alert in alone.filter(person=janet):
        api.resend(alert.notification, by=janet)
    mail.outbox.clear()
    assert api.close_incident(incident, by=alice) == 490
    assert deliver() == 11
    for _ in range(9):
        still_clock.forward(minutes=1)
        deliver()
    assert len({message.to[0] for message in mail.outbox}) == len(mail.outbox) == 500
    again = Notification.objects.exclude(previous=None).order_by("pk")
    hear(post, "delivery", again)
    assert standing() == {}
    assert set(Alert.objects.values_list("closed", flat=True)) == {"told"}
