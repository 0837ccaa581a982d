"""Where mail fails another channel is tried: once, with an end, and without a second alarm."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import pytest
import requests
from django.core import mail
from django.test import Client

from crm_notify import api
from crm_notify.channels.base import Answer
from crm_notify.exceptions import RefusedInput
from crm_notify.models import Activity, Alert, Attempt, Event, Incident, Notification, Reach
from crm_notify.signals import alert_opened
from crm_notify.steps.claim import claim
from crm_notify.steps.deliver import deliver
from crm_notify.steps.sweep import sweep
from tests.people import Clock

pytestmark = pytest.mark.django_db(transaction=True)

Change = Callable[..., None]
Result = Attempt.Result


class Phone:
    """A gateway that says what ``says`` holds, and remembers what it sent."""

    sent: ClassVar[list[tuple[str, str]]] = []
    says: ClassVar[Any] = None

    def send(self, to: str, text: str, notification: Notification) -> Answer | None:
        Phone.sent.append((to, text))
        if isinstance(Phone.says, Exception):
            raise Phone.says
        return Phone.says  # type: ignore[no-any-return]


class Chat(Phone):
    """One by which a doubtful message is repeated."""

    repeats = True


PHONE = {"CLASS": "tests.steps.test_fallback.Phone"}
CHAT = {"CLASS": "tests.steps.test_fallback.Chat"}


@pytest.fixture(autouse=True)
def phone(crm_notify_settings: Change, monkeypatch: pytest.MonkeyPatch) -> None:
    crm_notify_settings(CHANNELS={"sms": PHONE})
    monkeypatch.setattr(Phone, "sent", [])
    monkeypatch.setattr(Phone, "says", None)


@pytest.fixture
def urgent(call: Callable[..., Activity], john: Any) -> Notification:
    """Urgent news for John, who has a telephone; the mail to him will be refused."""
    Reach.objects.create(user=john, channel="sms", address="+4930901820")
    john.email = "nobody"
    john.save()
    return call(urgency="urgent").notifications.get()


def sms() -> Notification:
    return Notification.objects.get(channel="sms")


def state(notification: Notification) -> tuple[str, str]:
    notification.refresh_from_db()
    return notification.dispatch, notification.outcome


@pytest.fixture
def alarms() -> Iterator[list[Alert]]:
    """Every alert that was opened, or opened anew."""
    heard: list[Alert] = []

    def hear(alert: Alert, **kwargs: Any) -> None:
        heard.append(alert)

    alert_opened.connect(hear)
    yield heard
    alert_opened.disconnect(hear)


def later(clock: Clock, **by: float) -> None:
    clock.forward(**by)
    sweep()
    deliver()


def test_the_short_message_goes_out_once_and_says_what_it_is_about(
    urgent: Notification, clock: Clock
) -> None:
    deliver()
    ((to, text),) = Phone.sent
    assert to == "+4930901820"
    story, _, link = text.rpartition(" ")
    assert story == "Janet Smith logged a call: Contoso"
    assert link.startswith("https://crm.example/notify/open/")
    assert state(urgent) == ("done", "failed")
    assert state(sms()) == ("done", "in_flight")
    assert sms().attempts.get().provider == "sms"
    for _ in range(5):
        later(clock, days=1)
    assert len(Phone.sent) == 1


def test_who_is_logged_in_and_opens_its_link_has_been_told(
    urgent: Notification, john: Any, client: Client
) -> None:
    deliver()
    client.force_login(john)
    client.get(Phone.sent[0][1].rpartition(" ")[2].removeprefix("https://crm.example"))
    assert (state(sms())[1], state(urgent)[1]) == ("told", "told")
    assert Alert.objects.get().closed == "told"


def test_a_silent_one_ends_as_not_confirmed_without_a_second_alarm(
    urgent: Notification, janet: Any, clock: Clock, alarms: list[Alert]
) -> None:
    deliver()
    assert [alert.person for alert in alarms] == [janet]
    api.acknowledge(Alert.objects.get(), by=janet)
    later(clock, minutes=59)
    assert state(sms()) == ("done", "in_flight")
    later(clock, minutes=2)
    assert state(sms()) == ("done", "unclear")
    assert len(alarms) == 1
    alert = Alert.objects.get()
    assert (alert.person, alert.notification) == (janet, urgent)
    assert alert.acknowledged_at is not None
    assert not Incident.objects.exists(), "no bounce can come back, so that none proves nothing"


def test_after_a_silent_one_the_next_way_is_tried(
    urgent: Notification, john: Any, clock: Clock, crm_notify_settings: Change
) -> None:
    crm_notify_settings(CHANNELS={"sms": PHONE, "chat": CHAT})
    Reach.objects.create(user=john, channel="chat", address="@john", place=1)
    deliver()
    assert [to for to, _ in Phone.sent] == ["+4930901820"]
    later(clock, minutes=61)
    assert [to for to, _ in Phone.sent] == ["+4930901820", "@john"]


@pytest.mark.parametrize("says", [TimeoutError("late"), requests.ReadTimeout("late")])
def test_what_may_have_gone_out_is_not_repeated(
    urgent: Notification, clock: Clock, says: Exception, alarms: list[Alert]
) -> None:
    Phone.says = says
    deliver()
    assert state(sms()) == ("unknown", "in_flight")
    later(clock, minutes=11)
    assert state(sms()) == ("unknown", "unclear")
    later(clock, days=3)
    assert len(Phone.sent) == 1
    assert {alert.notification for alert in alarms} == {urgent}


class Killed(BaseException):
    """What ``kill -9`` does to a worker."""


def test_a_killed_worker_leaves_it_unknown_and_nobody_sends_it_again(
    urgent: Notification, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(self: Phone, to: str, text: str, notification: Notification) -> None:
        Phone.sent.append((to, text))
        raise Killed

    monkeypatch.setattr(Phone, "send", die)
    with pytest.raises(Killed):
        deliver()
    assert state(sms()) == ("sending", "in_flight")
    later(clock, minutes=2)
    assert state(sms()) == ("unknown", "in_flight")
    later(clock, minutes=11)
    assert state(sms()) == ("unknown", "unclear")
    assert len(Phone.sent) == 1


def test_a_worker_killed_before_the_call_leaves_it_to_another(
    urgent: Notification, clock: Clock, crm_notify_settings: Change
) -> None:
    crm_notify_settings(CHANNELS={"sms": {"CLASS": "nowhere.Gateway"}})
    deliver()
    crm_notify_settings(CHANNELS={"sms": PHONE})
    assert len(claim(channel="sms", provider_of=lambda tenant: "sms", limit=1)) == 1
    later(clock, minutes=2)
    assert len(Phone.sent) == 1
    assert state(sms()) == ("done", "in_flight")


def test_by_a_channel_that_says_so_it_is_repeated(
    urgent: Notification, clock: Clock, crm_notify_settings: Change
) -> None:
    crm_notify_settings(CHANNELS={"sms": CHAT})
    Phone.says = TimeoutError("late")
    deliver()
    Phone.says = None
    later(clock, minutes=11)
    assert len(Phone.sent) == 2
    assert state(sms()) == ("done", "in_flight")


def test_a_gateway_that_is_down_is_tried_again_and_not_for_days(
    urgent: Notification, clock: Clock, alarms: list[Alert]
) -> None:
    Phone.says = ConnectionRefusedError()
    deliver()
    assert state(sms()) == ("queued", "in_flight")
    for minutes in (1, 5, 15, 60):
        later(clock, minutes=minutes, seconds=1)
    assert len(Phone.sent) == 5
    assert state(sms()) == ("done", "failed")
    assert {alert.notification for alert in alarms} == {urgent}, "of the mail, not of the way round"
    assert [event.kind for event in Event.objects.filter(notification=sms())] == []


def test_a_channel_that_is_set_up_wrongly_is_an_incident_and_its_messages_wait(
    urgent: Notification, clock: Clock, crm_notify_settings: Change
) -> None:
    crm_notify_settings(CHANNELS={"sms": {"CLASS": "nowhere.Gateway"}})
    deliver()
    incident = Incident.objects.get(subject="sms")
    assert "nowhere" in incident.sample
    assert state(sms()) == ("queued", "in_flight")
    assert state(urgent) == ("done", "failed"), "mail goes on"
    later(clock, days=1)
    assert state(sms()) == ("queued", "in_flight")
    crm_notify_settings(CHANNELS={"sms": PHONE})
    deliver()
    assert len(Phone.sent) == 1


def test_a_channel_that_is_gone_leaves_nothing_waiting_for_ever(
    urgent: Notification, clock: Clock, crm_notify_settings: Change
) -> None:
    crm_notify_settings(CHANNELS={"sms": {"CLASS": "nowhere.Gateway"}})
    deliver()
    crm_notify_settings(CHANNELS={})
    later(clock, minutes=1)
    assert state(sms()) == ("cancelled", "unclear")
    crm_notify_settings(CHANNELS={"sms": PHONE})
    later(clock, minutes=1)
    assert Phone.sent == []


def test_what_is_told_meanwhile_is_not_sent(
    urgent: Notification, john: Any, contoso: Any, crm_notify_settings: Change, clock: Clock
) -> None:
    Phone.says = ConnectionRefusedError()
    deliver()
    Phone.says = None
    api.mark_seen(contoso, user=john)
    assert state(sms()) == ("cancelled", "told")
    later(clock, minutes=2)
    assert len(Phone.sent) == 1


def test_who_closes_the_failure_ends_the_way_around_it_too(
    urgent: Notification, alice: Any, clock: Clock, alarms: list[Alert]
) -> None:
    Phone.says = ConnectionRefusedError()
    deliver()
    api.close(urgent, by=alice, reason="he has left")
    assert state(sms()) == ("cancelled", "closed")
    later(clock, hours=2)
    assert len(Phone.sent) == 1
    assert len(alarms) == 1


def test_to_send_a_short_message_again_is_to_send_the_mail_again(
    urgent: Notification, john: Any, alice: Any
) -> None:
    deliver()
    john.email = "jon@example.com"
    john.save()
    again = api.resend(sms(), by=alice)
    assert (again.channel, again.address, again.previous) == ("email", "jon@example.com", urgent)
    deliver()
    assert len(mail.outbox) == 1
    assert len(Phone.sent) == 1


def test_a_closed_incident_sends_the_mail_again_while_a_short_message_is_on_its_way(
    urgent: Notification, alice: Any, crm_notify_settings: Change
) -> None:
    deliver()
    incident = Incident.objects.create(
        kind=Incident.Kind.FAILURES,
        subject="x",
        first_at=urgent.created_at,
        last_at=urgent.created_at,
    )
    Alert.objects.update(incident=incident)
    assert api.close_incident(incident, by=alice) == 1
    again = Notification.objects.get(dispatch="queued")
    assert (again.channel, again.previous) == ("email", urgent)


@pytest.mark.parametrize("address", ["1" * 321, "+49\x0030"])
def test_an_address_of_the_hosts_that_has_no_place_stops_no_warning(
    urgent: Notification, crm_notify_settings: Change, address: str, monkeypatch: Any
) -> None:
    monkeypatch.setattr(Phone, "given", [("sms", address), ("sms", "+4930")], raising=False)
    crm_notify_settings(ADDRESSES="tests.steps.test_fallback.given")
    deliver()
    assert [to for to, _ in Phone.sent] == ["+4930"]
    assert Alert.objects.count() == 1


def given(user: Any) -> Any:
    return Phone.given


def test_a_number_that_the_gateway_does_not_know_is_not_called_again(
    urgent: Notification, call: Callable[..., Activity], clock: Clock
) -> None:
    Phone.says = RefusedInput("no such number")
    deliver()
    assert state(sms()) == ("done", "failed")
    assert sms().blame == "address"
    call(urgency="urgent")
    deliver()
    assert len(Phone.sent) == 1, "the number is known to be dead"
    assert Alert.objects.count() == 2
