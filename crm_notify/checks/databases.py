"""The databases that are known to keep what the promise needs, and who lives where."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error, Warning
from django.core.exceptions import FieldError
from django.db import DatabaseError, connections, transaction

from crm_notify import database
from crm_notify.conf import get_settings
from crm_notify.exceptions import SettingsError
from crm_notify.senders import named


def check_database(alias: str) -> Iterator[CheckMessage]:
    """Only that of our tables; what else a host keeps elsewhere is its own business."""
    if alias != database.alias():
        return
    connection = connections[alias]
    if connection.vendor not in {"sqlite", "postgresql"}:
        yield Error(
            f"The database {alias!r} is {connection.display_name}, on which nothing was proven.",
            hint="Use PostgreSQL, or SQLite for small installations.",
            id="crm_notify.E019",
        )
    options = django_settings.DATABASES[alias].get("OPTIONS", {})
    if connection.vendor == "sqlite" and options.get("transaction_mode") != "IMMEDIATE":
        yield Warning(
            f"The SQLite database {alias!r} lets two writers fail instead of wait.",
            hint='Set "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, '
            '"init_command": "PRAGMA journal_mode=WAL;"}.',
            id="crm_notify.W020",
        )


def check_people(alias: str) -> Iterator[CheckMessage]:
    """Nobody may live in the domain of the envelope; this looks at the users that there are."""
    if alias != database.alias():
        return
    users = get_user_model()
    try:
        field = users.get_email_field_name()
        for domain in _envelope_domains():
            at_home = users._default_manager.using(alias).filter(
                **{f"{field}__iendswith": f"@{domain}"}
            )
            with transaction.atomic(using=alias):
                found = at_home.exists()
            if found:
                yield Error(
                    f"Users have addresses in {domain}, the domain of the envelope: many mail "
                    "systems refuse mail from outside that claims their own domain.",
                    hint=f'Set CRM_NOTIFY["RETURN_PATH_DOMAIN"] = "bounces.{domain}".',
                    id="crm_notify.E021",
                )
    except (SettingsError, DatabaseError, FieldError):
        # Said elsewhere; or the tables are still to be made, or the users have no address.
        return


def _envelope_domains() -> list[str]:
    """That of the installation, and those of the tenants that the settings name."""
    confs = [get_settings(), *(sender.settings for sender in named().values())]
    return sorted({conf.RETURN_PATH_DOMAIN for conf in confs if conf is not None} - {""})
