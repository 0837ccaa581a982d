"""What tenants have of their own is checked like the installation's, each message with its name."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest
from django.core.checks import CheckMessage
from django.db import connection

from crm_notify.checks import check_databases, check_settings
from crm_notify.checks.databases import check_people
from tests.edges import scopes
from tests.support.tenants import LOCMEM, OF_ROWS, own

Change = Callable[..., None]

MAILGUN = "anymail.backends.mailgun.EmailBackend"


@pytest.fixture(autouse=True)
def admins(settings: Any) -> None:
    """Somebody gets the digest."""
    settings.ADMINS = ["alice@crm.example"]


def found() -> list[CheckMessage]:
    return list(check_settings())


def test_tenants_that_are_right_are_not_spoken_of(crm_notify_settings: Change) -> None:
    crm_notify_settings(TENANT_SETTINGS={"acme": own("acme", LOCMEM), "fabrikam": {}, "x": None})
    assert found() == []
    crm_notify_settings(TENANT_SETTINGS=OF_ROWS)
    assert found() == []


@pytest.mark.parametrize(
    ("given", "id", "hint"),
    [
        ({"SENDER": ""}, "E004", 'Set CRM_NOTIFY["TENANT_SETTINGS"]["acme"]["SENDER"] ='),
        ({"RETURN_PATH_DOMAIN": ""}, "E005", '["acme"]["RETURN_PATH_DOMAIN"] = "bounces.'),
        ({"RETURN_PATH_DOMAIN": "acme.example"}, "E006", '"bounces.acme.example"'),
        ({"MAILER": "nosuch"}, "E007", 'CRM_NOTIFY["TENANT_SETTINGS"]["acme"]["MAILER"] must be'),
        ({"MAILER": {"BACKEND": "host.mail.Backend"}}, "W009", ""),
        ({"MAILER": {"BACKEND": MAILGUN}}, "E048", "]: Anymail"),
        ({"BASE_URL": "crm.acme.example"}, "W013", '["TENANT_SETTINGS"]["acme"]["BASE_URL"]'),
        ({"DIGEST_TO": ["alice"]}, "E031", '["TENANT_SETTINGS"]["acme"]["DIGEST_TO"]'),
        ({"RETURN_PATH_KEYS": {}}, "E048", "may not set RETURN_PATH_KEYS"),
        ({"SENDER": 5}, "E048", "is of the wrong type"),
        ({"SENDER": "@acme.example"}, "E048", '["acme"]["SENDER"]: '),
    ],
)
def test_each_mistake_of_a_tenants_has_its_id_and_his_name(
    given: dict[str, Any], id: str, hint: str, crm_notify_settings: Change
) -> None:
    crm_notify_settings(TENANT_SETTINGS={"acme": own("acme", LOCMEM) | given, "fabrikam": {}})
    messages = found()
    assert hint in {message.id: str(message.hint) for message in messages}[f"crm_notify.{id}"]
    assert all(message.msg.startswith("The tenant 'acme': ") for message in messages)


def test_what_is_wrong_with_the_installation_is_said_once(crm_notify_settings: Change) -> None:
    crm_notify_settings(BASE_URL="", TENANT_SETTINGS={"acme": {}, "x": {"PRODUCT_NAME": "X"}})
    assert [message.id for message in found()] == ["crm_notify.W013"]


@pytest.mark.parametrize("given", ["no.such.function", "crm_notify.__doc__"])
def test_a_function_must_be_one(given: str, crm_notify_settings: Change) -> None:
    crm_notify_settings(TENANT_SETTINGS=given)
    (message,) = found()
    assert message.id == "crm_notify.E048"
    assert "dotted path" in str(message.hint)


def test_tenants_are_a_mapping_or_a_function(crm_notify_settings: Change) -> None:
    crm_notify_settings(TENANT_SETTINGS=["acme"])
    assert [message.id for message in found()] == ["crm_notify.E001"]
    crm_notify_settings(TENANT_SETTINGS={5: {}})
    (message,) = found()
    assert message.id == "crm_notify.E048"
    assert "by texts" in str(message.hint)


def by(backend: str, **options: Any) -> dict[str, Any]:
    return {"MAILER": {"BACKEND": f"anymail.backends.{backend}.EmailBackend", "OPTIONS": options}}


def test_two_accounts_at_one_provider_sign_with_two_keys(crm_notify_settings: Change) -> None:
    crm_notify_settings(
        **by("mailgun", api_key="ours", sender_domain="crm.example"),
        TENANT_SETTINGS={
            "acme": by("mailgun", api_key="his", sender_domain="acme.example"),
            "fabrikam": by("mailgun", api_key="ours", sender_domain="fabrikam.example"),
            "litware": by("mailjet", api_key="his", secret_key="his"),
            "nobody": {"MAILER": "nosuch"},
            "northwind": by("mailjet", api_key="another", secret_key="another"),
        },
    )
    said = [message.msg for message in found() if message.id == "crm_notify.W048"]
    assert len(said) == 1
    assert said[0].startswith("The tenant 'acme': his account at Mailgun is another one")


def test_the_signatures_of_a_tenants_provider_can_be_checked_too(
    crm_notify_settings: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "cryptography", None)
    crm_notify_settings(TENANT_SETTINGS={"acme": by("amazon_ses")})
    assert [message.id for message in found()] == ["crm_notify.W023"]


@pytest.mark.django_db
def test_nobody_lives_in_the_domain_of_any_envelope(crm_notify_settings: Change, john: Any) -> None:
    crm_notify_settings(TENANT_SETTINGS={"acme": own("acme", LOCMEM), "x": {"WAKE": True}})
    assert check_databases(databases=["default"]) == []
    type(john).objects.update(email="john@bounces.acme.example")
    (message,) = check_databases(databases=["default"])
    assert message.id == "crm_notify.E021"
    assert "bounces.acme.example" in message.msg


@pytest.mark.django_db
def test_users_are_looked_at_within_the_hosts_scope(crm_notify_settings: Change, john: Any) -> None:
    crm_notify_settings(
        RETURN_PATH_DOMAIN="example.com", TENANT_SCOPE="tests.edges.scopes.remembered"
    )
    with connection.execute_wrapper(look_at_users):
        found = [message.id for message in check_databases(databases=["default"])]
    assert "crm_notify.E021" in found


def look_at_users(execute: Any, sql: Any, *given: Any) -> Any:
    if "auth_user" in sql:
        assert scopes.now() == [None]
    return execute(sql, *given)


@pytest.mark.django_db
def test_a_scope_that_fails_is_borne(crm_notify_settings: Change, john: Any) -> None:
    crm_notify_settings(RETURN_PATH_DOMAIN="example.com", TENANT_SCOPE="tests.edges.scopes.broken")
    assert list(check_people("default")) == []
