"""The databases that are known to keep what the promise needs, and who lives where."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error, Warning
from django.core.exceptions import FieldError
from django.db import DatabaseError, connections, router, transaction
from django.utils.timesince import timesince

from crm_notify.conf import get_settings
from crm_notify.exceptions import SettingsError
from crm_notify.models import Installation
from crm_notify.steps.examine import examine


def check_database(alias: str) -> Iterator[CheckMessage]:
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
    users = get_user_model()
    try:
        domain = get_settings().RETURN_PATH_DOMAIN
        field = users.get_email_field_name()
        at_home = users._default_manager.using(alias).filter(
            **{f"{field}__iendswith": f"@{domain}"}
        )
        with transaction.atomic(using=alias):
            found = bool(domain) and at_home.exists()
    except (SettingsError, DatabaseError, FieldError):
        # Said elsewhere; or the tables are still to be made, or the users have no address.
        return
    if found:
        yield Error(
            f"Users have addresses in {domain}, the domain of the envelope: many mail systems "
            "refuse mail from outside that claims their own domain.",
            hint=f'Set CRM_NOTIFY["RETURN_PATH_DOMAIN"] = "bounces.{domain}".',
            id="crm_notify.E021",
        )


def check_sweep(alias: str) -> Iterator[CheckMessage]:
    """Somebody must sweep, or no deadline is kept. A fresh installation has none yet."""
    if router.db_for_write(Installation) != alias:
        return
    try:
        with transaction.atomic(using=alias):
            found = examine()
    except (SettingsError, DatabaseError):
        # Said elsewhere; or the tables are still to be made.
        return
    if found.swept or (found.swept_at is None and not found.has_work):
        return
    if found.swept_at is None:
        said = "Nothing has ever swept, and there is work to do"
    else:
        said = f"Nothing has swept for {timesince(found.swept_at, found.now)}"
    yield Warning(
        f"{said}: no mail is sent, no bounce is read and no deadline is kept.",
        hint='Put {"task": "crm_notify.sweep", "schedule": 10.0} on Celery beat\'s schedule; or '
        'keep "python manage.py crm_notify_worker" running; or put "* * * * * python manage.py '
        'crm_notify_sweep" into cron.',
        id="crm_notify.W060",
    )
