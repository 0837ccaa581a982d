"""A dead address gets no mail: by strong evidence only, and only until somebody lifts that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail

from crm_notify import api
from crm_notify.channels.base import MAIL
from crm_notify.exceptions import NotAllowed, RefusedInput
from crm_notify.models import Activity, Attempt, Event, Notification, Suppression
from crm_notify.rules.evidence import Blame, Kind
from crm_notify.rules.text import one_line
from crm_notify.steps.deliver import deliver
from crm_notify.steps.settle import settle
from crm_notify.steps.suppress import place, suppressed
from tests.people import Clock
from tests.steps.failing import arrive, fail, find_dead, hear, standing
from tests.support.mail_server import MailServer

pytestmark = pytest.mark.django_db

Call = Callable[..., Activity]
Matched = Event.Matched
#: As a bounce mail is matched, by a token that whoever got the mail knows.
BY_MAIL = [Matched.ADDRESS, Matched.RETURNED]


@pytest.fixture
def record(call: Call) -> Callable[[], Notification]:
    """One more message to John."""

    def log() -> Notification:
        return call().notifications.get()

    return log


def dead() -> list[str]:
    return [row.address for row in api.suppressions()]


@pytest.mark.parametrize("matched", [Matched.METADATA, Matched.TAG, Matched.MESSAGE_ID])
def test_a_webhook_of_the_provider_proves_it(notification: Notification, matched: Matched) -> None:
    find_dead(notification, matched)
    row = Suppression.objects.get()
    assert (row.address, row.reason) == ("john@example.com", "550 5.1.1 user unknown")
    assert (row.evidence, row.notification) == (Event.objects.get(), notification)
    assert str(row) == "john@example.com"
    asked = [place("", MAIL, "John@Example.com"), place("", MAIL, "bob@crm.example")]
    assert suppressed(asked) == {("", MAIL, "john@example.com"): row}


@pytest.mark.parametrize("matched", BY_MAIL)
def test_of_two_bounce_mails_about_two_messages_both_must_say_so(
    record: Callable[[], Notification], matched: Matched
) -> None:
    first = record()
    find_dead(first, matched)
    find_dead(first, matched)
    assert dead() == []
    second = record()
    Notification.objects.filter(pk=second.pk).update(address="JOHN@example.com")
    find_dead(second, matched)
    assert dead() == ["john@example.com"]


def test_a_bounce_mail_and_a_webhook_need_not_wait_for_another(
    notification: Notification,
) -> None:
    find_dead(notification, Matched.RETURNED)
    find_dead(notification, Matched.METADATA)
    assert dead() == ["john@example.com"]


@pytest.mark.parametrize("matched", [Matched.METADATA, Matched.RETURNED])
def test_a_bounce_of_an_address_that_it_forwards_to_proves_nothing(
    record: Callable[[], Notification], matched: Matched
) -> None:
    for _ in range(2):
        find_dead(record(), matched, recipient="jon@elsewhere.example")
    assert dead() == []
    # Nor does it agree with the one bounce that is about the address itself.
    find_dead(record(), Matched.RETURNED, recipient="")
    assert dead() == []


@pytest.mark.parametrize(
    "blame", [Blame.MAILBOX, Blame.POLICY, Blame.SERVER, Blame.SENDER, Blame.UNKNOWN]
)
def test_other_failures_say_nothing_against_the_address(
    notification: Notification, blame: Blame
) -> None:
    fail(notification, blame=blame)
    hear(notification, Kind.EXPIRED, blame=Blame.ADDRESS)
    assert dead() == []


def test_what_bounces_after_he_was_told_otherwise_is_dead_all_the_same(
    notification: Notification, janet: Any
) -> None:
    api.state_told(notification, by=janet, how="by telephone")
    find_dead(notification)
    assert notification.outcome == "told"
    assert dead() == ["john@example.com"]


def test_it_is_suppressed_once_however_often_it_is_proven(
    record: Callable[[], Notification], john: Any
) -> None:
    both = [record(), record()]
    for notification in both:
        find_dead(notification)
        find_dead(notification)
    settle([notification.pk for notification in both])
    assert Suppression.objects.count() == 1


def test_who_has_no_address_needs_no_suppression(
    record: Callable[[], Notification], john: Any
) -> None:
    john.email = ""
    john.save()
    notification = record()
    find_dead(notification)
    assert notification.blame == "address"
    assert not Suppression.objects.exists()


def test_delivered_mail_lifts_it_whatever_else_is_known(
    record: Callable[[], Notification], janet: Any
) -> None:
    find_dead(record())
    told = record()
    api.state_told(told, by=janet, how="by telephone")
    arrive(told)
    assert dead() == []
    row = Suppression.objects.get()
    assert (row.lifted_by, row.lifted_because) == ("", "A mail was delivered there.")


def test_it_is_lifted_by_who_may_and_says_why(
    notification: Notification, janet: Any, alice: Any
) -> None:
    find_dead(notification)
    with pytest.raises(NotAllowed):
        api.lift_suppression("john@example.com", by=janet, reason="I know him")
    with pytest.raises(RefusedInput):
        api.lift_suppression("john@example.com", by=alice, reason=" \n")
    assert api.lift_suppression("John@example.com", by=alice, reason="he is\nback") == 1
    assert api.lift_suppression("john@example.com", by=alice, reason="again") == 0
    row = Suppression.objects.get()
    assert (row.lifted_by, row.lifted_because) == ("Alice", one_line("he is back", 100))


def test_what_was_known_when_it_was_lifted_proves_nothing_any_more(
    record: Callable[[], Notification], alice: Any, clock: Clock
) -> None:
    first, second, third = record(), record(), record()
    find_dead(first, Matched.RETURNED)
    find_dead(second)
    api.lift_suppression("john@example.com", by=alice, reason="he is back")
    clock.forward(minutes=1)
    settle([first.pk, second.pk])
    find_dead(third, Matched.RETURNED)
    assert dead() == []
    find_dead(second, Matched.RETURNED)
    assert dead() == ["john@example.com"]
    assert Suppression.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_mail_to_a_dead_address_is_withheld_and_warns_at_once(
    record: Callable[[], Notification], janet: Any, alice: Any
) -> None:
    find_dead(record())
    withheld = record()
    assert deliver() == 1
    assert not mail.outbox
    withheld.refresh_from_db()
    assert (withheld.outcome, withheld.blame) == ("failed", "address")
    assert standing() == ["actor janet", "actor janet"]
    detail = Attempt.objects.get(notification=withheld).detail
    assert detail.startswith("No mail goes to this address since 20")
    assert detail.endswith(": 550 5.1.1 user unknown")
    # Whoever asks for it means this address; and that it was withheld proves nothing itself.
    api.resend(withheld, by=janet)
    api.lift_suppression("john@example.com", by=alice, reason="he is back")
    settle([withheld.pk])
    assert dead() == []
    assert deliver() == 1
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_who_asks_for_it_to_be_sent_to_a_dead_address_means_it(
    record: Callable[[], Notification], janet: Any
) -> None:
    bounced = record()
    find_dead(bounced)
    Suppression.objects.update(reason="")
    record()
    deliver()
    assert Attempt.objects.get().detail.endswith(".")
    api.resend(bounced, by=janet)
    deliver()
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_the_refusal_of_a_mail_server_that_we_spoke_to_proves_it(
    notification: Notification, crm_notify_settings: Callable[..., None]
) -> None:
    with MailServer() as server:
        server.answer("RCPT", "550 5.1.1 no such user here")
        backend = "django.core.mail.backends.smtp.EmailBackend"
        options = {"host": "127.0.0.1", "port": server.port}
        crm_notify_settings(MAILER={"BACKEND": backend, "OPTIONS": options})
        deliver()
    row = Suppression.objects.get()
    assert (row.address, row.evidence) == ("john@example.com", None)
    assert "no such user here" in row.reason
