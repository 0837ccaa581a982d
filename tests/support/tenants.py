"""Tenants with senders of their own, as a host's settings or its rows say it."""

from __future__ import annotations

from typing import Any

from django.db import connection

from crm_notify.channels.email.mailer import SMTP
from tests.support.mail_server import MailServer

LOCMEM = {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}
#: The dotted path of ``of_rows``.
OF_ROWS = "tests.support.tenants.of_rows"

#: What the host's rows say, and whom they were asked about.
rows: dict[str, Any] = {}
asked: list[str] = []


def of_rows(tenant: str) -> Any:
    """A host's function, whose tenants are rows; it may take its time, so nothing is locked."""
    assert not connection.in_atomic_block
    asked.append(tenant)
    if isinstance(rows.get(tenant), Exception):
        raise rows[tenant]
    return rows.get(tenant)


def by_smtp(server: MailServer) -> dict[str, Any]:
    """A mailer that is this server."""
    return {"BACKEND": SMTP, "OPTIONS": {"host": "127.0.0.1", "port": server.port, "timeout": 10}}


def own(name: str, mailer: dict[str, Any]) -> dict[str, Any]:
    """All that a tenant of this name needs to speak for himself."""
    return {
        "SENDER": f"notify@{name}.example",
        "SENDER_DOMAINS": [],
        "PRODUCT_NAME": f"{name.capitalize()} CRM",
        "BASE_URL": f"https://crm.{name}.example",
        "RETURN_PATH_DOMAIN": f"bounces.{name}.example",
        "MAILER": mailer,
    }
