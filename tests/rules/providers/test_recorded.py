"""The recorded requests are all looked at, and the table of providers agrees with them."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module

import pytest

from crm_notify.rules.evidence import Kind
from crm_notify.rules.providers import PROVIDERS, read
from crm_notify.rules.providers.raw import text_at
from crm_notify.rules.providers.reading import READERS
from tests.rules.providers.expected import Heard
from tests.rules.providers.recorded import (
    PAYLOADS,
    anymail_events,
    names,
    recorded,
    reported,
)

#: Events about something else than a mail.
NO_MAILS = {("resend", "contact-created"), ("sparkpost", "sms-status")}


def tables() -> dict[str, dict[str, list[Heard]]]:
    modules = {name: import_module(f"tests.rules.providers.test_{name}") for name in READERS}
    return {name: module.TABLE for name, module in modules.items()}


def test_every_recorded_request_is_in_a_table_and_every_line_has_its_request() -> None:
    expected = {(provider, name) for provider, table in tables().items() for name in table}
    assert expected == set(names())


def test_headers_belong_to_a_recorded_request() -> None:
    of = {
        (path.parent.name, path.name.removesuffix(".headers.json"))
        for path in PAYLOADS.glob("*/*.headers.json")
    }
    assert of <= set(names())


def test_every_provider_that_tells_of_events_has_a_reader() -> None:
    assert set(READERS) == {name for name, row in PROVIDERS.items() if row.tracking}


@pytest.mark.parametrize("provider", READERS)
def test_deliveries_are_recorded_where_the_table_says_they_are_told(provider: str) -> None:
    kinds = {heard.kind for table in tables()[provider].values() for heard in table}
    assert {Kind.BOUNCED, Kind.OPENED, Kind.CLICKED} <= kinds
    assert (Kind.DELIVERED in kinds) is PROVIDERS[provider].confirms


@pytest.mark.parametrize(("provider", "name"), names())
def test_the_table_knows_where_the_providers_word_stands(provider: str, name: str) -> None:
    for event in anymail_events(recorded(provider, name)):
        given = reported(event)
        words = [text_at(given.raw, *path) for path in PROVIDERS[provider].raw_kind]
        word = next(word for word in words if word)
        assert read(provider, given).raw_kind.split("/")[0] == word


@pytest.mark.parametrize(("provider", "name"), sorted({*names()} - NO_MAILS))
def test_a_providers_own_fields_say_it_all(provider: str, name: str) -> None:
    """Anymail knows fewer words than we do, and what it makes of an event may change."""
    for event in anymail_events(recorded(provider, name)):
        given = reported(event)
        misnamed = replace(given, event_type="deferred", reject_reason=None)
        assert read(provider, misnamed) == read(provider, given)
