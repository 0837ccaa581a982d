"""The same address by mail and in a chat: what befalls it in one says nothing of the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from django.core import mail

from crm_notify import api
from crm_notify.exceptions import NotAllowed, RefusedInput
from crm_notify.models import Activity, Notification, Reach, Suppression
from crm_notify.rules.evidence import Blame
from crm_notify.steps.deliver import deliver
from tests.steps.failing import fail, find_dead

pytestmark = pytest.mark.django_db(transaction=True)

Call = Callable[..., Activity]
JOHN = "john@example.com"


class Chat:
    """It calls people by their mail addresses, and knows nobody where ``knows`` is False."""

    sent: ClassVar[list[str]] = []
    knows: ClassVar[bool] = True

    def send(self, to: str, text: str, notification: Notification) -> None:
        if not Chat.knows:
            raise RefusedInput("There is nobody of that name.")
        Chat.sent.append(to)


@pytest.fixture(autouse=True)
def chat(
    crm_notify_settings: Callable[..., None], monkeypatch: pytest.MonkeyPatch, john: Any
) -> None:
    crm_notify_settings(CHANNELS={"chat": {"CLASS": f"{__name__}.Chat"}})
    monkeypatch.setattr(Chat, "sent", [])
    monkeypatch.setattr(Chat, "knows", True)
    Reach.objects.create(user=john, channel="chat", address=JOHN)


@pytest.fixture
def urgent(call: Call) -> Notification:
    return call(urgency="urgent").notifications.get()


def to_john() -> list[Any]:
    return [letter for letter in mail.outbox if JOHN in letter.to[0]]


def dead() -> list[str]:
    rows = Suppression.objects.filter(lifted_at=None).order_by("pk")
    return [f"{row.channel} {row.address}" for row in rows]


def test_who_is_dead_by_mail_is_reached_in_the_chat(urgent: Notification) -> None:
    find_dead(urgent)
    assert dead() == [f"email {JOHN}"]
    assert deliver() == 1
    assert Chat.sent == [JOHN]


def test_who_is_unknown_in_the_chat_still_gets_his_mail(urgent: Notification, call: Call) -> None:
    Chat.knows = False
    fail(urgent)
    deliver()
    assert dead() == [f"chat {JOHN}"]
    call()
    deliver()
    assert len(to_john()) == 1


def test_it_is_lifted_where_it_was_found_dead(urgent: Notification, alice: Any) -> None:
    Chat.knows = False
    fail(urgent)
    deliver()
    assert api.lift_suppression(JOHN, by=alice, reason="He is back") == 0
    assert api.lift_suppression(JOHN, by=alice, reason="He is back", channel="chat") == 1
    assert dead() == []


def test_a_message_in_the_chat_that_is_on_its_way_is_no_mail_that_is(
    urgent: Notification, janet: Any
) -> None:
    fail(urgent)
    again = api.resend(urgent, by=janet)
    assert (again.channel, again.previous) == ("email", urgent)
    assert api.resend(urgent, by=janet) == again


def test_an_address_in_the_chat_is_none_to_which_mail_may_go(
    urgent: Notification, janet: Any
) -> None:
    Reach.objects.update(address="john@chat.example")
    fail(urgent)
    with pytest.raises(NotAllowed):
        api.resend(urgent, by=janet, address="john@chat.example")


def test_to_correct_a_short_message_is_to_correct_the_mail(
    urgent: Notification, alice: Any, john: Any
) -> None:
    Chat.knows = False
    find_dead(urgent)
    deliver()
    message = Notification.objects.get(channel="chat")
    assert (message.outcome, message.blame) == ("failed", Blame.ADDRESS)
    correction = api.correct(message, by=alice, address="jon@example.com")
    assert (correction.notification, correction.old, correction.sent_again) == (urgent, JOHN, 1)
    again = Notification.objects.latest("pk")
    assert (again.channel, again.address, again.previous) == ("email", "jon@example.com", urgent)


def test_a_message_in_the_chat_at_the_right_address_stops_no_mail_to_it(
    urgent: Notification, alice: Any
) -> None:
    Reach.objects.update(address="jon@example.com")
    find_dead(urgent)
    assert Notification.objects.filter(channel="chat", outcome="in_flight").exists()
    assert api.correct(urgent, by=alice, address="jon@example.com").sent_again == 1
