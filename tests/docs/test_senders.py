"""docs/senders.md names what may be a tenant's own, and its examples are right."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from crm_notify.channels.email.line import MOST
from crm_notify.checks import check_settings
from crm_notify.senders import FRESH_FOR, OWN, for_tenant, named
from crm_notify.senders import MOST as MOST_TENANTS
from crm_notify.steps.claim import PUT_OFF
from tests.docs.test_tables import ROOT, rows

PAGE = (ROOT / "docs/senders.md").read_text()
MAPPING, BY_FUNCTION, FUNCTION = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)


def typed(code: str, **given: Any) -> dict[str, Any]:
    """What an example leaves behind."""
    names: dict[str, Any] = {"CRM_NOTIFY": {}, **given}
    exec(code, names)
    return names


def test_what_may_be_a_tenants_own_is_documented() -> None:
    table = rows("docs/senders.md", "What a tenant may have of his own")[1:]
    assert [row[0].strip("`") for row in table] == list(OWN)
    assert (FRESH_FOR, MOST_TENANTS, MOST, PUT_OFF.seconds) == (10, 1000, 20, 300)


def test_the_tenants_of_the_example_may_send(
    crm_notify_settings: Callable[..., None], settings: Any
) -> None:
    settings.ADMINS = ["alice@crm.example"]
    crm_notify_settings(**typed(MAPPING)["CRM_NOTIFY"])
    assert sorted(named()) == ["acme", "contoso"]
    assert check_settings() == []
    assert for_tenant("contoso").PRODUCT_NAME == "Contoso CRM"


def test_the_function_of_the_example_may_be_asked(
    crm_notify_settings: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Row:
        sender = "notify@acme.example"
        mailer = {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}

    class Rows:
        def __init__(self, slug: str = "") -> None:
            self.slug = slug

        def filter(self, *, slug: str) -> Rows:
            return Rows(slug)

        def first(self) -> Row | None:
            return Row() if self.slug == "acme" else None

    class Tenant:
        objects = Rows()

    host = ModuleType("host")
    tenants: Any = ModuleType("host.tenants")
    tenants.mail_settings = typed(FUNCTION, Tenant=Tenant)["mail_settings"]
    monkeypatch.setitem(sys.modules, "host", host)
    monkeypatch.setitem(sys.modules, "host.tenants", tenants)
    crm_notify_settings(**typed(BY_FUNCTION)["CRM_NOTIFY"])
    assert for_tenant("acme").SENDER == "notify@acme.example"
    assert for_tenant("contoso").SENDER == "notify@crm.example"
