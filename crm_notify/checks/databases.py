"""The databases that are known to keep what the promise needs, and who lives where."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error, Warning
from django.db import DatabaseError, connections, transaction
from django.utils.timesince import timesince

from crm_notify import database
from crm_notify.conf import get_settings
from crm_notify.exceptions import SettingsError
from crm_notify.scope import scope
from crm_notify.senders import named
from crm_notify.steps.examine import examine


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
            f"The SQLite database {alias!r} lets two writers fail instead of wait: while the "
            'worker writes, your users\' saves fail with "database is locked".',
            hint=f'Set in DATABASES[{alias!r}]: "OPTIONS": {{"transaction_mode": "IMMEDIATE", '
            '"timeout": 20, "init_command": "PRAGMA journal_mode=WAL;"}.',
            id="crm_notify.W020",
        )


def check_people(alias: str) -> Iterator[CheckMessage]:
    """Nobody may live in the domain of the envelope; this looks at the users that there are."""
    if alias != database.alias():
        return
    try:
        # Nothing is entered while a generator waits: its caller would be in there too.
        with scope(None):
            lived_in = [domain for domain in _envelope_domains() if _is_lived_in(domain, alias)]
    except Exception:  # noqa: BLE001 - the host's scope may raise anything
        # Said elsewhere; or the tables are still to be made, or the users have no address.
        return
    for domain in lived_in:
        yield Error(
            f"Users have addresses in {domain}, the domain of the envelope: many mail "
            "systems refuse mail from outside that claims their own domain.",
            hint=f'Set CRM_NOTIFY["RETURN_PATH_DOMAIN"] = "bounces.{domain}".',
            id="crm_notify.E021",
        )


def _is_lived_in(domain: str, alias: str) -> bool:
    users = get_user_model()
    ending = {f"{users.get_email_field_name()}__iendswith": f"@{domain}"}
    with transaction.atomic(using=alias):
        return users._default_manager.using(alias).filter(**ending).exists()


def _envelope_domains() -> list[str]:
    """That of the installation, and those of the tenants that the settings name."""
    confs = [get_settings(), *(sender.settings for sender in named().values())]
    return sorted({conf.RETURN_PATH_DOMAIN for conf in confs if conf is not None} - {""})


def check_sweep(alias: str) -> Iterator[CheckMessage]:
    """Somebody must sweep, or no deadline is kept. A fresh installation has none yet."""
    if alias != database.alias():
        return
    try:
        with database.atomic():
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
