"""What people wrote is text and never a template, whatever language the provider speaks."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crm_notify.channels.email.channel import EmailSpeaker
from crm_notify.models import Attempt
from crm_notify.rules.providers import PROVIDERS
from project.provider import Provider
from tests.channels.email.wires import WIRES
from tests.support.send_api import SendApi

Speak = Callable[[], EmailSpeaker]
Make = Callable[..., Attempt]

PLACES = "Dear {{ name }}, {{{address.email}}} *|FNAME|* %recipient.name% {$var} [[EMAIL_TO]]"


def test_a_place_in_a_note_arrives_as_it_was_written(
    mailer: Callable[..., None], speaker: Speak, attempt: Make
) -> None:
    with Provider() as provider:
        mailer(
            PROVIDERS["sparkpost"].backends[0], {"api_key": "a key", "api_url": provider.api_url}
        )
        answer = speaker().send(attempt(text=PLACES, target_label="Deal {{ name }}"))
        (arrived,) = provider.messages

    assert answer.result == "accepted"
    assert answer.message_id == arrived.transmission_id
    assert arrived.subject == "Deal {{ name }}"
    assert PLACES in arrived.text
    assert PLACES in arrived.html
    assert arrived.return_path == f"{arrived.metadata['crm_notify']}@bounces.crm.example"


@pytest.mark.filterwarnings("ignore::anymail.exceptions.AnymailNotSupportedWarning")
@pytest.mark.parametrize("name", WIRES)
def test_no_call_asks_for_a_template_to_be_filled_in(
    name: str, through: Callable[..., SendApi], speaker: Speak, attempt: Make
) -> None:
    server = through(name)
    assert speaker().send(attempt(text=PLACES, target_label=PLACES)).result == "accepted"
    (made,) = server.calls
    arrived = WIRES[name].read(made)
    assert arrived.subject == PLACES
    assert PLACES in arrived.text
    for ask in (b'personalization"', b"recipient-variables", b"merge_vars", b"TemplateLanguage"):
        assert ask not in made.body


def test_unisender_go_is_told_to_leave_texts_alone(
    through: Callable[..., SendApi], speaker: Speak, attempt: Make
) -> None:
    server = through("unisender_go")
    speaker().send(attempt(text=PLACES))
    assert WIRES["unisender_go"].read(server.calls[0]).extra["template_engine"] == "none"
