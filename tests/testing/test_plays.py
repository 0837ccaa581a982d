"""What providers and mail servers say is played by the real way in, and means what it means."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from crm_notify import api, testing
from crm_notify.exceptions import SettingsError
from crm_notify.models import Event, Notification, Receipt
from crm_notify.steps import sweep as sweep_step
from tests.people import Clock

pytestmark = pytest.mark.django_db


def outcome(notification: Notification) -> tuple[str, str]:
    notification.refresh_from_db()
    return notification.outcome, Event.objects.latest("pk").kind


Play = Callable[[Any], None]


@pytest.mark.parametrize(
    ("play", "expected"),
    [
        (testing.bounce, ("failed", "bounced")),
        (testing.deliver_report, ("told", "delivered")),
        (testing.defer, ("in_flight", "deferred")),
        (testing.complain, ("told", "complained")),
        (testing.unsubscribe, ("told", "unsubscribed")),
        (testing.bounce_mail, ("failed", "bounced")),
        (testing.auto_reply, ("told", "auto_replied")),
    ],
)
@pytest.mark.parametrize("backend", ["sparkpost", "mailtrap", "postmark"])
def test_each_means_what_it_means_whatever_the_hosts_provider_is(
    notification: Notification,
    play: Play,
    expected: tuple[str, str],
    backend: str,
    crm_notify_settings: Callable[..., None],
) -> None:
    path = f"anymail.backends.{backend}.EmailBackend"
    crm_notify_settings(MAILER={"BACKEND": path, "OPTIONS": {"api_key": "x"}})
    [sent] = testing.deliver()
    assert len(mail.outbox) == 1
    play(sent)
    assert outcome(notification) == expected
    assert Receipt.objects.get().state == "read"
    play(notification)
    assert Event.objects.count() == 2


@pytest.mark.parametrize("blame", ["address", "mailbox", "policy", "content", "server"])
def test_a_bounce_says_who_is_to_blame(notification: Notification, blame: str) -> None:
    testing.deliver()
    testing.bounce(notification, blame=blame)
    notification.refresh_from_db()
    assert (notification.outcome, notification.blame) == ("failed", blame)


def test_a_server_may_say_anything(notification: Notification, janet: Any) -> None:
    testing.deliver()
    testing.bounce(notification, blame="mailbox", text="552 full")
    assert Event.objects.get().text == "552 full"
    with pytest.raises(ValueError, match="'nobody' is not one of address, "):
        testing.bounce(notification, blame="nobody")


def test_a_notice_may_tell_of_a_delay(notification: Notification) -> None:
    testing.deliver()
    testing.bounce_mail(notification, status="4.4.1", text="timed out")
    assert outcome(notification) == ("in_flight", "deferred")
    testing.bounce_mail(notification, status="5.2.2", text="mailbox full")
    assert outcome(notification) == ("failed", "bounced")
    assert notification.blame == "mailbox"


def test_nothing_comes_back_of_what_was_not_sent(notification: Notification) -> None:
    for play in (testing.bounce, testing.auto_reply):
        with pytest.raises(LookupError, match="was not sent yet"):
            play(notification)


def test_what_can_no_longer_be_sent_says_why(
    notification: Notification, call: Callable[..., Any], john: Any
) -> None:
    testing.bounce(testing.deliver()[0])
    call()
    john.email = "two@example.com,three@example.com"
    john.save()
    call()
    dead, broken = testing.outbox()
    assert dead.refused.startswith("No mail goes to this address: 550 5.1.1")
    assert broken.refused
    assert (broken.subject, broken.body) == ("", "")
    assert testing.deliver() == []


def test_what_somebody_asks_for_is_sent_to_a_dead_address_too(
    notification: Notification, janet: Any
) -> None:
    testing.bounce(testing.deliver()[0])
    api.resend(notification, by=janet)
    [again] = testing.outbox()
    assert again.refused == ""
    assert testing.deliver()[0].address == "john@example.com"


def test_what_arrived_is_told(notification: Notification, john: Any) -> None:
    testing.deliver_report(testing.deliver()[0])
    assert [message.recipient for message in testing.told()] == [john]


SMS = {"sms": {"CLASS": "tests.testing.test_plays.Gateway"}}


class Gateway:
    def send(self, to: str, text: str, notification: Notification) -> None:
        raise AssertionError("A test has reached the world.")


def ways(user: Any) -> list[tuple[str, str]]:
    return [("sms", "+49 30 901820")]


def test_a_short_message_is_returned_and_reaches_nobody(
    call: Callable[..., Any], crm_notify_settings: Callable[..., None], john: Any
) -> None:
    crm_notify_settings(CHANNELS=SMS, ADDRESSES="tests.testing.test_plays.ways")
    call(urgency="urgent")
    testing.bounce(testing.deliver()[0])
    [short] = testing.outbox()
    assert (short.channel, short.address, short.recipient) == ("sms", "+49 30 901820", john)
    assert short.body.startswith("Janet Smith logged a call: Contoso")
    assert (short.subject, short.html, short.sender) == ("", "", "")
    assert [sent.body for sent in testing.deliver()] == [short.body]
    assert len(mail.outbox) == 1


def test_a_mailer_that_cannot_be_used_says_what_to_type(
    notification: Notification, crm_notify_settings: Callable[..., None]
) -> None:
    crm_notify_settings(MAILER="nosuch")
    with pytest.raises(SettingsError, match="MAILER"):
        testing.deliver()


def test_time_climbs_the_ladder_and_sends_what_is_due(
    notification: Notification, alice: Any
) -> None:
    testing.bounce(testing.deliver()[0])
    with testing.move_clock(timedelta(minutes=14)) as clock:
        assert testing.alerts() == []
        clock.forward(timedelta(hours=4))
        assert [warning.headline for warning in testing.alerts()] == ["John was not told"]


def test_silence_goes_to_a_person_and_late_news_keeps_its_time(
    notification: Notification, janet: Any, crm_notify_settings: Callable[..., None]
) -> None:
    backend = {"BACKEND": "anymail.backends.mailjet.EmailBackend", "OPTIONS": {"api_key": "x"}}
    crm_notify_settings(MAILER=backend)
    testing.deliver()
    with testing.move_clock(timedelta(hours=25)) as clock:
        [warning] = testing.alerts(janet)
        assert warning.why == "Nobody has confirmed that it arrived."
        testing.deliver_report(notification)
        assert testing.alerts(janet) == []
        when = Event.objects.latest("pk").occurred_at
        assert when is not None
        assert abs(clock.now() - when) < timedelta(minutes=1)


def test_moves_add_up_and_are_taken_back(notification: Notification) -> None:
    real = sweep_step.timezone
    with testing.move_clock(timedelta(hours=1)) as outer:
        assert sweep_step.timezone is not real
        with testing.move_clock(timedelta(hours=2)) as inner:
            assert inner.now() - real.now() > timedelta(hours=2, minutes=59)
        assert outer.now() - real.now() < timedelta(hours=1, minutes=1)
        assert sweep_step.timezone.localtime is real.localtime
    assert sweep_step.timezone is real


def test_a_sweep_that_fails_fails_the_test_and_moves_no_clock(
    notification: Notification, monkeypatch: pytest.MonkeyPatch
) -> None:
    def judge(now: object) -> None:
        raise OSError

    real = sweep_step.timezone
    monkeypatch.setattr(sweep_step, "PARTS", (judge,))
    with pytest.raises(RuntimeError, match="failed in judge"), testing.move_clock(timedelta(1)):
        raise AssertionError("The block is not entered.")
    assert sweep_step.timezone is real


def test_it_goes_with_a_clock_of_the_tests_own(notification: Notification, clock: Clock) -> None:
    clock.forward(hours=2)
    with testing.move_clock(timedelta(hours=1)) as moved:
        assert moved.now() - clock.now() > timedelta(minutes=59)


def test_all_that_is_promised_is_there_and_explained() -> None:
    for name in testing.__all__:
        assert getattr(testing, name).__doc__, name
    assert sorted(testing.__all__) == testing.__all__


def test_a_notice_comes_back_to_the_tenants_own_envelope(
    call: Callable[..., Any], crm_notify_settings: Callable[..., None]
) -> None:
    crm_notify_settings(TENANT_SETTINGS={"acme": {"RETURN_PATH_DOMAIN": "bounces.acme.example"}})
    row = call(tenant="acme").notifications.get()
    testing.deliver()
    testing.bounce_mail(row)
    assert outcome(row) == ("failed", "bounced")
    assert b"@bounces.acme.example" in bytes(Receipt.objects.get().body)
