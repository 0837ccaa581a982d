"""System checks: every way of setting it up wrongly has an id and a hint that says what to type."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register

from crm_notify.checks.databases import check_database, check_people
from crm_notify.checks.host import (
    check_addresses,
    check_callables,
    check_channels,
    check_installation,
    check_numbers,
    check_stream,
)
from crm_notify.checks.ladder import check_digest, check_hours, check_ladder, check_times
from crm_notify.checks.links import check_links
from crm_notify.checks.mail import (
    check_certificates,
    check_keys,
    check_mailer,
    check_sender,
    check_webhooks,
)
from crm_notify.checks.routing import check_routing
from crm_notify.checks.tenants import check_tenants
from crm_notify.checks.tracking import check_tracking
from crm_notify.conf import Settings, get_settings
from crm_notify.exceptions import SettingsError

CHECKS: tuple[Callable[[Settings], Iterator[CheckMessage]], ...] = (
    check_keys,
    check_sender,
    check_mailer,
    check_webhooks,
    check_certificates,
    check_links,
    check_channels,
    check_callables,
    check_addresses,
    check_installation,
    check_numbers,
    check_stream,
    check_routing,
    check_ladder,
    check_hours,
    check_times,
    check_digest,
    check_tenants,
    check_tracking,
)


@register(Tags.compatibility)
def check_settings(
    app_configs: Sequence[AppConfig] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """All checks that need no database."""
    try:
        conf = get_settings()
    except SettingsError as error:
        return [Error(str(error), id="crm_notify.E001")]
    return [message for check in CHECKS for message in check(conf)]


@register(Tags.database)
def check_databases(
    app_configs: Sequence[AppConfig] | None = None,
    databases: Sequence[str] | None = None,
    **kwargs: Any,
) -> list[CheckMessage]:
    """The databases that are known to keep what the promise needs."""
    checks = (check_database, check_people)
    return [message for alias in databases or [] for check in checks for message in check(alias)]
