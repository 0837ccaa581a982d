"""A provider with its receivers, and mail sent to it by Anymail's real back end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from anymail.backends.sparkpost import EmailBackend
from anymail.message import AnymailMessage

from project.provider import Provider
from tests.provider.receiver import Receiver

SPEED = 200.0  # the slowest mailbox is done after 40 ms

Run = Callable[..., Provider]
Send = Callable[..., AnymailMessage]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Where tracking events go."""
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def run() -> Iterator[Run]:
    """Runs a provider until the test ends."""
    with ExitStack() as stack:

        def run(**options: Any) -> Provider:
            return stack.enter_context(Provider(**({"speed": SPEED} | options)))

        yield run


@pytest.fixture
def provider(run: Run, receiver: Receiver) -> Provider:
    """A provider whose events go to `receiver`."""
    return run(webhook=receiver.url)


@pytest.fixture
def send(provider: Provider) -> Send:
    """Sends a mail from Janet through `provider`, and returns it with Anymail's status."""

    def send(to: str = "jon@acme.example", **changes: Any) -> AnymailMessage:
        mail = AnymailMessage(
            **(
                {
                    "subject": "Janet logged a call on Contoso",
                    "body": "They are ready to close the deal today.",
                    "from_email": "Janet Smith via Acme CRM <notify@crm.example>",
                    "to": [to],
                    "envelope_sender": "bounce-na7x@bounces.crm.example",
                    "metadata": {"crm_notification": "na7x"},
                }
                | changes
            )
        )
        EmailBackend(api_key="a key", api_url=provider.api_url).send_messages([mail])
        return mail

    return send


def settle(provider: Provider) -> None:
    """Wait until all that will happen has happened and is posted."""
    assert provider.wait_for(lambda: provider.idle, timeout=10), provider.batches
