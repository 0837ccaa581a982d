"""A tenant's own account at a provider has a log of its own."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest

from crm_notify.channels.logs.access import account_of
from crm_notify.exceptions import SettingsError
from tests.channels.logs.records import mailgun, read
from tests.channels.logs.server import Served

MAILGUN = "anymail.backends.mailgun.EmailBackend"


@pytest.fixture
def tenants(served: Served, settings: Any, crm_notify_settings: Callable[..., None]) -> Served:
    """Acme has an account at Mailgun, Fabrikam only a name of its own."""
    del settings.ANYMAIL["MAILGUN_SENDER_DOMAIN"]
    served.answer = mailgun([])
    mailer = {"BACKEND": MAILGUN, "OPTIONS": {"api_key": "his key"}}
    crm_notify_settings(
        TENANT_SETTINGS={
            "acme": {"MAILER": mailer, "SENDER": "notify@acme.example", "SENDER_DOMAINS": []},
            "fabrikam": {"PRODUCT_NAME": "Fabrikam CRM"},
            "litware": {"MAILER": "nosuch"},
        }
    )
    return served


def asked(served: Served) -> tuple[set[str], set[str]]:
    """Which domains were asked about, and with which keys."""
    paths = {one.path.split("/")[2] for one in served.asked}
    return paths, {one.headers["Authorization"] for one in served.asked}


def basic(key: str) -> str:
    return "Basic " + b64encode(f"api:{key}".encode()).decode()


def test_it_is_read_with_his_key_and_of_his_domains(tenants: Served) -> None:
    with account_of("acme", provider="mailgun"):
        assert read("mailgun") == []
    assert asked(tenants) == ({"acme.example"}, {basic("his key")})
    tenants.asked.clear()
    with account_of("", provider="mailgun"):
        read("mailgun")
    assert asked(tenants) == ({"crm.example"}, {basic("mailgun-key")})


@pytest.mark.parametrize(
    ("tenant", "provider", "said"),
    [
        ("acme", "sparkpost", "The mailer of 'acme' is Mailgun."),
        ("fabrikam", "mailgun", "'fabrikam' has no mailer of his own"),
        ("nobody", "mailgun", "'nobody' has no mailer of his own"),
        ("litware", "mailgun", r'\["litware"\]\["MAILER"\] must be'),
    ],
)
def test_who_has_no_account_there_is_told_so(
    tenant: str, provider: str, said: str, tenants: Served
) -> None:
    with (
        pytest.raises(SettingsError, match=said),
        account_of(tenant, provider=provider),
    ):
        read(provider)
    assert tenants.asked == []
