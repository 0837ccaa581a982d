"""Control characters, two addresses in one field, half a sign: refused, seen, and nothing sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import Settings

from crm_notify.channels.email.channel import EmailSpeaker
from crm_notify.models import Activity, Alert, Attempt, Notification
from crm_notify.steps.deliver import deliver
from tests.channels.email.wires import WIRES
from tests.support.mail_server import MailServer
from tests.support.send_api import SendApi

Through = Callable[..., SendApi]
Speak = Callable[[], EmailSpeaker]
Make = Callable[..., Attempt]

NO_ADDRESSES = (
    "",
    "john",
    "john@",
    "@example.com",
    " john@example.com",
    "john@example.com ",
    "john@example.com\nBcc: eve@example.org",
    "john@example.com\r\nBcc: eve@example.org",
    "john@example.com\x00",
    "john@example.com, eve@example.org",
    "john@example.com; eve@example.org",
    "john@example.com eve@example.org",
    "<john@example.com>",
    "John <john@example.com>",
    '"\x01"@example.com',
    "john@exa\u2028mple.com",
    "john@\U0001f600.example",
    "jöhn@example.com",
    "john\ud800@example.com",
    "john@ex\ud800ample.com",
    "j" * 309 + "@example.com",
)
BROKEN = ("\n", "\r", "\x00", "\x0b", "\x1b", "\x7f", "\x85", "\u2028", "\u2029", "\ud800")


@pytest.mark.parametrize("name", ["sparkpost", "mailgun", "amazon_ses"])
@pytest.mark.parametrize("address", NO_ADDRESSES)
def test_what_is_not_exactly_one_address_is_refused(
    address: str, name: str, through: Through, speaker: Speak, attempt: Make
) -> None:
    server = through(name)
    answer = speaker().send(attempt(address=address))
    assert (answer.result, answer.blame) == ("refused", "address")
    assert server.calls == []


@pytest.mark.parametrize("sign", BROKEN)
@pytest.mark.parametrize("place", ["recipient_name", "actor_name"])
def test_a_name_that_would_begin_another_header_is_refused(
    place: str, sign: str, through: Through, speaker: Speak, attempt: Make
) -> None:
    server = through("sparkpost")
    answer = speaker().send(attempt(**{place: f"John{sign}Bcc: eve@example.org"}))
    assert answer.result == "refused"
    assert server.calls == []


@pytest.mark.parametrize("sign", BROKEN[:-1])
def test_a_subject_is_put_on_one_line(
    sign: str, through: Through, speaker: Speak, attempt: Make
) -> None:
    server = through("sparkpost")
    assert speaker().send(attempt(target_label=f"Contoso{sign}Bcc: x")).result == "accepted"
    assert WIRES["sparkpost"].read(server.calls[0]).subject == "Contoso Bcc: x"


@pytest.mark.parametrize("place", ["target_label", "text"])
def test_half_a_sign_is_refused(
    place: str, through: Through, speaker: Speak, attempt: Make
) -> None:
    server = through("sparkpost")
    assert speaker().send(attempt(**{place: "Deal \ud83d"})).result == "refused"
    assert server.calls == []


def test_a_product_name_with_a_line_break_is_refused(
    settings: Settings, through: Through, speaker: Speak, attempt: Make
) -> None:
    server = through("sparkpost", PRODUCT_NAME="Acme\nBcc: eve@example.org")
    answer = speaker().send(attempt(actor_address="janet@elsewhere.example"))
    assert answer.result == "refused"
    assert server.calls == []


ENCODED_BREAK = "=?utf-8?q?a=0D=0A=0D=0Anot_ours?="


def test_an_encoded_line_break_in_a_subject_breaks_no_line(
    smtp: None, server: MailServer, speaker: Speak, attempt: Make
) -> None:
    assert speaker().send(attempt(target_label=ENCODED_BREAK)).result == "accepted"
    (mail,) = server.received
    head, _, _ = mail.raw.partition(b"\r\n\r\n")
    assert b"X-CRM-Notification: " in head
    assert b"not ours" not in mail.raw.replace(b"_", b" ").splitlines()


@pytest.mark.parametrize("place", ["recipient_name", "actor_name"])
def test_an_encoded_line_break_in_a_name_breaks_no_line(
    place: str, smtp: None, server: MailServer, speaker: Speak, attempt: Make
) -> None:
    result = speaker().send(attempt(**{place: ENCODED_BREAK})).result
    # Django 5.2 leaves it encoded, later ones refuse it.
    assert result in {"accepted", "refused"}
    for mail in server.received:
        head, _, _ = mail.raw.partition(b"\r\n\r\n")
        assert b"X-CRM-Notification: " in head


@pytest.fixture
def poisoned(call: Callable[..., Activity], django_user_model: Any, john: Any) -> list[int]:
    """The ids of notifications that can go nowhere, between two that can."""
    # No database keeps half a sign, and PostgreSQL no NUL and no more than the column holds.
    addresses = [
        address
        for address in NO_ADDRESSES
        if not {"\ud800", "\x00"} & set(address) and len(address) <= 254
    ]
    people = [
        django_user_model(username=f"u{number}", email=address)
        for number, address in enumerate([*addresses, "last@example.com"])
    ]
    users = django_user_model.objects.bulk_create(people)
    notifications = call(recipients=[john, *users]).notifications.order_by("pk")
    named = notifications.get(recipient=users[0])
    Notification.objects.filter(pk=named.pk).update(
        address="eve@example.org", recipient_name="John\nBcc: eve@example.org"
    )
    return [row.pk for row in notifications][1:-1]


@pytest.mark.django_db(transaction=True)
def test_poisoned_rows_stop_nobody_and_are_seen(
    poisoned: list[int], through: Through, janet: Any
) -> None:
    server = through("sparkpost")

    assert deliver() == len(poisoned) + 2

    sent = [WIRES["sparkpost"].read(call).to[0].address for call in server.calls]
    assert sent == ["john@example.com", "last@example.com"]
    failed = Notification.objects.filter(outcome="failed")
    assert sorted(failed.values_list("pk", flat=True)) == sorted(poisoned)
    assert set(failed.values_list("blame", flat=True)) == {"address"}
    assert Alert.objects.filter(person=janet, closed_at=None).count() == len(poisoned)


@pytest.mark.django_db(transaction=True)
def test_poisoned_rows_stop_nobody_over_smtp_either(
    poisoned: list[int], mailer: Callable[..., None]
) -> None:
    with MailServer() as server:
        options = {"host": "127.0.0.1", "port": server.port}
        mailer("django.core.mail.backends.smtp.EmailBackend", options)
        deliver()
        sent = [mail.rcpt_tos for mail in server.received]
    assert sent == [("john@example.com",), ("last@example.com",)]
    assert Notification.objects.filter(outcome="failed").count() == len(poisoned)
