"""Each of Anymail's 14 back ends makes a real call, and the token is in what arrived."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import Settings

from crm_notify.channels.email.channel import EmailSpeaker
from crm_notify.models import Activity, Attempt
from crm_notify.rules.providers import PROVIDERS, MessageId, carriers, takes_header
from crm_notify.steps.deliver import deliver
from tests.channels.email.arrived import Mailbox
from tests.channels.email.wires import WIRES
from tests.posts import token_of
from tests.support.send_api import SendApi

Through = Callable[..., SendApi]

#: Anymail warns that it no longer tests against SendGrid.
pytestmark = pytest.mark.filterwarnings("ignore::anymail.exceptions.AnymailNotSupportedWarning")
each_provider = pytest.mark.parametrize("name", WIRES)

OUR_HEADERS = (
    "Message-ID",
    "In-Reply-To",
    "References",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "X-CRM-Notification",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
)


def test_all_fourteen_are_here() -> None:
    assert {row.name for row in PROVIDERS.values() if row.anymail} - {"anymail_test"} == set(WIRES)


@pytest.mark.django_db(transaction=True)
@each_provider
def test_the_token_arrives_by_every_carrier_of_the_table(
    name: str, through: Through, call: Callable[..., Activity], janet: Any
) -> None:
    row, wire = PROVIDERS[name], WIRES[name]
    server = through(name)
    janet.email = "janet@elsewhere.example"
    janet.save()
    notification = call().notifications.get()

    assert deliver() == 1

    (made,) = server.calls
    assert made.path == wire.path
    arrived = wire.read(made)
    token = token_of(notification)
    carried = carriers(row)
    if carried.metadata:
        assert arrived.metadata["crm_notify"] == token
    assert arrived.tags == ((token,) if carried.tag else ())
    assert arrived.headers.get("x-crm-notification") == (token if carried.header else None)
    assert arrived.envelope == (f"{token}@bounces.crm.example" if carried.envelope else "")

    assert arrived.sender == Mailbox(name="Janet Smith via Acme CRM", address="notify@crm.example")
    assert arrived.to == (Mailbox(name="John", address="john@example.com"),)
    assert arrived.reply_to == (Mailbox(name="Janet Smith", address="janet@elsewhere.example"),)
    assert arrived.subject == "Contoso"
    assert "They are ready to close today." in arrived.text
    assert "<p>They are ready to close today.</p>" in arrived.html
    for header in OUR_HEADERS:
        assert (header.lower() in arrived.headers) == takes_header(row, header), header

    sent = Attempt.objects.get()
    assert (sent.provider, sent.result) == (name, "accepted")
    if row.message_id is MessageId.ANYMAIL:
        assert sent.message_id == arrived.metadata["anymail_id"]
    else:
        assert sent.message_id == wire.message_id


@each_provider
def test_odd_names_a_long_subject_and_a_domain_in_unicode_arrive_whole(
    name: str,
    through: Through,
    speaker: Callable[[], EmailSpeaker],
    attempt: Callable[..., Attempt],
) -> None:
    server = through(name)
    label = "Bäckerei Grünwald, Inc. " * 10

    answer = speaker().send(
        attempt(
            address="john@bücher.straße.example",
            recipient_name='Ó Briain, "Jon" <j>',
            actor_name='Jané "the Closer" Smith, Ph.D.',
            target_label=label,
            text="„Ja!“ → 50 % \\o/",
        )
    )

    assert answer.result == "accepted", answer
    arrived = WIRES[name].read(server.calls[0])
    assert arrived.sender == Mailbox(
        name='Jané "the Closer" Smith, Ph.D.', address="janet@crm.example"
    )
    assert arrived.to == (
        Mailbox(name='Ó Briain, "Jon" <j>', address="john@xn--bcher-kva.xn--strae-oqa.example"),
    )
    assert arrived.subject == label[:200].strip()
    assert "„Ja!“ → 50 % \\o/" in arrived.text
    assert "„Ja!“ → 50 % \\o/" in arrived.html


@each_provider
def test_the_hosts_send_defaults_add_no_recipient_and_no_tag(
    name: str,
    settings: Settings,
    through: Through,
    speaker: Callable[[], EmailSpeaker],
    attempt: Callable[..., Attempt],
) -> None:
    settings.ANYMAIL = {
        "SEND_DEFAULTS": {
            "bcc": ["archive@crm.example"],
            "cc": ["boss@crm.example"],
            "reply_to": ["sales@crm.example"],
            "tags": ["app"],
            "metadata": {"app": "crm"},
            "envelope_sender": "bounces@elsewhere.example",
        },
        "IGNORE_UNSUPPORTED_FEATURES": True,
    }
    server = through(name)

    assert speaker().send(attempt()).result == "accepted"

    arrived = WIRES[name].read(server.calls[0])
    assert arrived.to == (Mailbox(name="John", address="john@example.com"),)
    assert arrived.reply_to == ()
    assert b"archive@" not in server.calls[0].body
    assert b"boss@" not in server.calls[0].body
    assert "app" not in arrived.tags
    assert "app" not in arrived.metadata
    assert "elsewhere" not in arrived.envelope


@each_provider
def test_ten_letters_go_over_one_connection(
    name: str,
    through: Through,
    speaker: Callable[[], EmailSpeaker],
    attempt: Callable[..., Attempt],
) -> None:
    server = through(name)
    open_speaker = speaker()
    letters = 10

    results = {open_speaker.send(attempt(pk=pk)).result for pk in range(1, letters + 1)}

    assert results == {"accepted"}
    assert len(server.calls) == letters
    assert server.connections == 1
