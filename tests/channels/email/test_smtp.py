"""Plain SMTP: the envelope and the mail that a real server saw."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from crm_notify.channels.email.channel import EmailSpeaker
from crm_notify.models import Activity, Attempt
from crm_notify.steps.deliver import deliver
from tests.channels.email.arrived import Mailbox, mailboxes
from tests.posts import token_of
from tests.support.mail_server import MailServer

Speak = Callable[[], EmailSpeaker]
Make = Callable[..., Attempt]

pytestmark = pytest.mark.usefixtures("smtp")


@pytest.mark.django_db(transaction=True)
def test_the_envelope_is_the_token_and_the_visible_sender_is_janet(
    server: MailServer, call: Callable[..., Activity]
) -> None:
    notification = call().notifications.get()
    assert deliver() == 1

    (mail,) = server.received
    token = token_of(notification)
    assert mail.mail_from == f"{token}@bounces.crm.example"
    assert mail.rcpt_tos == ("john@example.com",)
    message = mail.message
    assert mailboxes(message["From"]) == (Mailbox(name="Janet Smith", address="janet@crm.example"),)
    assert mailboxes(message["To"]) == (Mailbox(name="John", address="john@example.com"),)
    assert message["X-CRM-Notification"] == token
    assert message["Subject"] == "Contoso"
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    assert "They are ready to close today." in text.get_content()
    assert "<p>They are ready to close today.</p>" in html.get_content()
    assert Attempt.objects.get().result == "accepted"


@pytest.mark.django_db(transaction=True)
def test_a_batch_of_a_hundred_goes_over_one_connection(
    server: MailServer, call: Callable[..., Activity], django_user_model: Any
) -> None:
    people = [
        django_user_model(username=f"u{number}", email=f"u{number}@example.com")
        for number in range(100)
    ]
    call(recipients=django_user_model.objects.bulk_create(people))

    assert deliver() == 100

    assert len(server.received) == 100
    assert server.connections == 1
    assert len({mail.mail_from for mail in server.received}) == 100
    assert all(len(mail.rcpt_tos) == 1 for mail in server.received)


def test_odd_names_long_lines_and_domains_in_unicode_arrive_whole(
    server: MailServer, speaker: Speak, attempt: Make
) -> None:
    words = "Schöne Grüße aus Köln, und so fort. " * 200
    odd = attempt(
        address="john@bücher.straße.example",
        recipient_name='Ó Briain, "Jon" <j>',
        actor_name='Jané "the Closer" Smith, Ph.D.',
        target_label="Bäckerei Grünwald, Inc. " * 10,
        text=words,
    )
    assert speaker().send(odd).result == "accepted"
    (mail,) = server.received
    address = "john@xn--bcher-kva.xn--strae-oqa.example"
    assert mail.rcpt_tos == (address,)
    message = mail.message
    assert mailboxes(message["To"]) == (Mailbox(name='Ó Briain, "Jon" <j>', address=address),)
    assert mailboxes(message["From"]) == (
        Mailbox(name='Jané "the Closer" Smith, Ph.D.', address="janet@crm.example"),
    )
    assert message["Subject"].strip() == ("Bäckerei Grünwald, Inc. " * 10)[:200].strip()
    text = message.get_body(("plain",))
    assert text is not None
    assert words.strip() in text.get_content()
    # RFC 5321 section 4.5.3.1.6, without the line's end.
    assert max(map(len, mail.raw.splitlines())) <= 998


def test_a_quoted_local_part_is_one_recipient(
    server: MailServer, speaker: Speak, attempt: Make
) -> None:
    speaker().send(attempt(address='"john,eve"@example.com'))
    assert [mail.rcpt_tos for mail in server.received] == [('"john,eve"@example.com',)]
