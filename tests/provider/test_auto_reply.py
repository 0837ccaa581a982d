"""Who is away answers: the real message goes to the Return-Path, by the relay webhook."""

from __future__ import annotations

import base64

import pytest
from anymail.inbound import AnymailInboundMessage
from anymail.signals import AnymailInboundEvent
from anymail.webhooks.sparkpost import SparkPostInboundWebhookView
from django.test import RequestFactory

from project.provider import Provider
from tests.provider.conftest import Run, Send, settle
from tests.provider.receiver import SECRET, Receiver


@pytest.fixture
def provider(run: Run, receiver: Receiver) -> Provider:
    """A provider that has the inbound webhook only."""
    return run(inbound_webhook=receiver.url)


def received(receiver: Receiver) -> AnymailInboundMessage:
    """The one mail that was relayed, as Anymail's real view reads it."""
    (post,) = receiver.posts
    view = SparkPostInboundWebhookView(webhook_secret=SECRET)
    pair = base64.b64encode(SECRET.encode()).decode()
    request = RequestFactory().post(
        post.path,
        data=post.body,
        content_type="application/json",
        headers={"Authorization": f"Basic {pair}"},
    )
    view.run_validators(request)
    event: AnymailInboundEvent
    (event,) = view.parse_events(request)
    return event.message


def test_the_reply_is_from_nobody_to_the_return_path(
    provider: Provider, receiver: Receiver, send: Send
) -> None:
    send("away@acme.example")
    settle(provider)
    reply = received(receiver)
    assert reply.envelope_sender == ""
    assert reply.envelope_recipient == "bounce-na7x@bounces.crm.example"
    assert reply["Return-Path"] == "<>"
    assert reply["To"] == "bounce-na7x@bounces.crm.example"
    assert reply["From"] == "away@acme.example"


def test_the_reply_says_that_it_is_one_and_to_what(
    provider: Provider, receiver: Receiver, send: Send
) -> None:
    send(
        "away@acme.example",
        subject="Anruf für Contoso",
        headers={"Message-ID": "<n17@crm.example>", "References": "<c4@crm.example>"},
    )
    settle(provider)
    reply = received(receiver)
    assert reply["Auto-Submitted"] == "auto-replied"
    assert reply["In-Reply-To"] == "<n17@crm.example>"
    assert reply["References"] == "<c4@crm.example> <n17@crm.example>"
    assert reply["Subject"] == "Automatic reply: Anruf für Contoso"
    assert "out of the office" in reply.text


def test_nobody_else_answers(provider: Provider, receiver: Receiver, send: Send) -> None:
    send("jon@acme.example")
    send("unknown@acme.example")
    settle(provider)
    assert receiver.posts == []
