"""Out of office: who answers for John has his mail, and who keeps quiet for Bob says nothing."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest

from crm_notify.models import Alert, Event
from crm_notify.steps.deliver import deliver
from tests.mta.conftest import Hear, Open
from tests.mta.house import House
from tests.support.mail_server import Received

pytestmark = pytest.mark.django_db(transaction=True)


def obeys(received: Received) -> bool:
    """Whether a responder answers that obeys RFC 3834 section 2."""
    return received.message.get("Auto-Submitted", "no") == "no"


def always(received: Received) -> bool:
    """Whether one answers that knows of no such thing."""
    return True


def respond(house: House, answers: Callable[[Received], bool], received: Received) -> None:
    """Answer as a mailbox does, to the envelope sender and from the null sender."""
    if not answers(received):
        return
    reply = EmailMessage()
    reply["From"], reply["To"] = received.rcpt_tos[0], received.mail_from
    reply["Subject"] = f"Out of office: {received.message['Subject']}"
    reply["Auto-Submitted"] = "auto-replied"
    reply["In-Reply-To"] = received.message["Message-ID"]
    reply.set_content("I am away until Monday and read my mail then.")
    with smtplib.SMTP("127.0.0.1", house.postfix.port, timeout=30) as client:
        client.send_message(reply, from_addr="", to_addrs=[received.mail_from])


def test_an_answer_shows_that_the_mail_arrived_and_is_never_a_bounce(
    way: str,
    open_house: Open,
    call: Callable[..., Any],
    john: Any,
    bob: Any,
    hear: Hear,
) -> None:
    house = open_house(way)
    bob.email = "bob@example.com"
    bob.save()
    activity = call(recipients=[john, bob])
    told, untold = (activity.notifications.get(recipient=who) for who in (john, bob))
    deliver()
    house.wait_until(lambda: len(house.target.received) == 2, "both mails")
    responders = {"john@example.com": always, "bob@example.com": obeys}
    for received in house.target.received:
        respond(house, responders[received.rcpt_tos[0]], received)
    hear(house)
    house.wait_until(lambda: not house.postfix.waiting(), "an empty queue")
    event = Event.objects.get()
    assert (event.kind, event.notification) == ("auto_replied", told)
    told.refresh_from_db()
    untold.refresh_from_db()
    assert (told.outcome, untold.outcome) == ("told", "in_flight")
    assert not Alert.objects.exists()
