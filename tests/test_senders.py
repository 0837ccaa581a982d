"""Whose settings hold: a tenant's own over the installation's, from a mapping or a function."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest

from crm_notify import senders
from crm_notify.conf import Settings, get_settings
from crm_notify.exceptions import SettingsError
from crm_notify.senders import OWN, best_for, for_tenant, is_at_hand, named, of_whom, owner, placed
from tests.support.tenants import OF_ROWS, asked, rows

Change = Callable[..., None]
ACME = {"SENDER": "notify@acme.example", "SENDER_DOMAINS": ["acme.example"]}


@pytest.fixture
def by_function(crm_notify_settings: Change) -> None:
    """The tenants are rows of the host's."""
    rows.clear()
    asked.clear()
    rows["acme"] = ACME
    crm_notify_settings(TENANT_SETTINGS=OF_ROWS)


def test_what_is_a_tenants_own_stands_over_the_installations(crm_notify_settings: Change) -> None:
    crm_notify_settings(TENANT_SETTINGS={"acme": ACME, "plain": {}})
    acme = for_tenant("acme")
    assert (acme.SENDER, acme.SENDER_DOMAINS) == ("notify@acme.example", ("acme.example",))
    assert (acme.PRODUCT_NAME, acme.INSTALLATION) == ("Acme CRM", "tests")
    assert for_tenant("acme") is acme
    assert all(for_tenant(other) is get_settings() for other in ("", "plain", "contoso"))
    assert sorted(named()) == ["acme", "plain"]


def test_without_tenant_settings_everybody_has_the_installations() -> None:
    assert for_tenant("acme") is best_for("acme") is get_settings()
    assert named() == {}
    assert owner("acme", *OWN) == ""
    assert is_at_hand("acme")


def test_no_secret_and_nothing_of_the_machine_can_be_a_tenants_own(
    crm_notify_settings: Change,
) -> None:
    for name in {item.name for item in fields(Settings)}.difference(OWN):
        crm_notify_settings(TENANT_SETTINGS={"acme": {name: get_settings().WAKE}})
        with pytest.raises(SettingsError) as raised:
            for_tenant("acme")
        assert str(raised.value) == (
            f'CRM_NOTIFY["TENANT_SETTINGS"]["acme"] may not set {name}. A tenant\'s own can be: '
            "SENDER, SENDER_DOMAINS, PRODUCT_NAME, BASE_URL, RETURN_PATH_DOMAIN, MAILER, DIGEST_TO."
        )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"acme": {"SENDER": 5}}, r'\["acme"\]\["SENDER"\] = 5 is of the wrong type'),
        ({"acme": {"MAILER": ["secret"]}}, r'\["MAILER"\] = a list is of the wrong type'),
        ({"acme": "notify@acme.example"}, r'\["acme"\] must be a dict'),
        ({"acme": {"SENDR": "x"}}, "may not set SENDR"),
    ],
)
def test_a_value_that_is_wrong_is_the_tenants_own_trouble(
    given: dict[str, Any], said: str, crm_notify_settings: Change
) -> None:
    crm_notify_settings(TENANT_SETTINGS={**given, "contoso": ACME})
    with pytest.raises(SettingsError, match=said) as raised:
        for_tenant("acme")
    assert of_whom(str(raised.value), "acme") == "acme"
    assert best_for("acme") is get_settings()
    assert for_tenant("contoso").SENDER == "notify@acme.example"


@pytest.mark.parametrize("tenant", [5, ""])
def test_a_tenant_is_named_by_a_text(tenant: Any, crm_notify_settings: Change) -> None:
    crm_notify_settings(TENANT_SETTINGS={tenant: ACME})
    (sender,) = named().values()
    assert "names its tenants by texts" in sender.wrong


def test_the_settings_of_rows_are_asked_for_and_hold_for_a_batch(
    by_function: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(senders.time, "monotonic", lambda: now)
    assert not is_at_hand("acme")
    assert for_tenant("acme") is for_tenant("acme")
    assert for_tenant("contoso") is get_settings()
    assert is_at_hand("acme")
    assert is_at_hand("")
    assert asked == ["acme", "contoso"]
    rows["acme"] = {"SENDER": "news@acme.example"}
    assert for_tenant("acme").SENDER == "notify@acme.example"
    now += senders.FRESH_FOR
    assert not is_at_hand("acme")
    assert for_tenant("acme").SENDER == "news@acme.example"
    assert named() == {}


def test_of_many_tenants_those_used_last_are_remembered(
    by_function: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(senders, "MOST", 2)
    for tenant in ("acme", "contoso", "acme", "northwind"):
        for_tenant(tenant)
    assert [is_at_hand(tenant) for tenant in ("acme", "contoso", "northwind")] == [
        True,
        False,
        True,
    ]


def test_who_stands_in_a_transaction_asks_nobody(
    by_function: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(senders.time, "monotonic", lambda: now)
    assert owner("acme", "MAILER", ask=False) == "acme"
    assert asked == []
    assert owner("acme", "MAILER") == ""
    assert owner("acme", "MAILER", "SENDER") == "acme"
    now += senders.FRESH_FOR
    assert owner("acme", "MAILER", ask=False) == ""
    assert owner("", *OWN, ask=False) == ""
    assert asked == ["acme"]


def test_a_function_that_fails_is_the_installations_trouble(
    by_function: None, caplog: pytest.LogCaptureFixture
) -> None:
    rows["acme"] = LookupError("a secret")
    with caplog.at_level(logging.ERROR), pytest.raises(SettingsError) as raised:
        for_tenant("acme")
    said = str(raised.value)
    assert said == 'CRM_NOTIFY["TENANT_SETTINGS"]("acme") raised LookupError; see the log.'
    assert of_whom(said, "acme") == ""
    assert best_for("acme") is get_settings()
    assert "TENANT_SETTINGS failed" in caplog.text
    with pytest.raises(SettingsError):
        for_tenant("acme")
    assert asked == ["acme"]


def test_a_function_that_is_none_is_the_installations_trouble_too(
    crm_notify_settings: Change,
) -> None:
    crm_notify_settings(TENANT_SETTINGS="no.such.function")
    with pytest.raises(SettingsError, match=r'CRM_NOTIFY\["TENANT_SETTINGS"\]') as raised:
        for_tenant("acme")
    assert of_whom(str(raised.value), "acme") == ""


def test_what_to_type_is_said_of_the_tenants_settings(crm_notify_settings: Change) -> None:
    said = 'Set CRM_NOTIFY["SENDER"], CRM_NOTIFY["WAKE"].'
    crm_notify_settings(TENANT_SETTINGS={"acme": {}})
    assert placed(said, "acme") == (
        'Set CRM_NOTIFY["TENANT_SETTINGS"]["acme"]["SENDER"], CRM_NOTIFY["WAKE"].'
    )
    crm_notify_settings(TENANT_SETTINGS=OF_ROWS)
    assert placed(said, "acme").startswith('Set CRM_NOTIFY["TENANT_SETTINGS"]("acme")["SENDER"]')
