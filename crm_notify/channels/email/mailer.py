"""Our own mailer: never the host's default, and never one that drops the token in silence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import django
from django.conf import settings as django_settings
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.module_loading import import_string

from crm_notify.conf import Settings
from crm_notify.exceptions import SettingsError
from crm_notify.rules.providers import Provider, provider_of

SMTP = "django.core.mail.backends.smtp.EmailBackend"
WHAT_TO_TYPE = (
    'CRM_NOTIFY["MAILER"] must be {"BACKEND": "anymail.backends.mailjet.EmailBackend", '
    '"OPTIONS": {...}} or, from Django 6.1 on, an alias of MAILERS'
)


@dataclass(frozen=True, kw_only=True)
class Mailer:
    """A back end with its options, and what its provider can carry."""

    backend: str
    options: Mapping[str, Any]
    provider: Provider
    alias: str = "crm_notify"

    def connect(self) -> BaseEmailBackend:
        """Return a fresh connection, not yet open."""
        options = dict(self.options)
        if django.VERSION >= (6, 1):
            # Since 6.1 a back end without an alias takes the deprecated global settings.
            options["alias"] = self.alias
        backend: BaseEmailBackend = import_string(self.backend)(**options)
        return backend


def mailer(conf: Settings) -> Mailer:
    """Read ``MAILER``; raise SettingsError with what to type where it cannot be used."""
    given = conf.MAILER
    alias = "crm_notify"
    if isinstance(given, str):
        known = getattr(django_settings, "MAILERS", {})
        if given not in known:
            raise SettingsError(f"{WHAT_TO_TYPE}. It is {given!r}.")
        alias, given = given, known[given]
    backend = given.get("BACKEND", SMTP)
    provider = provider_of(backend)
    options = {**_defaults(conf, backend), **given.get("OPTIONS", {})}
    return Mailer(backend=backend, options=options, provider=provider, alias=alias)


def _defaults(conf: Settings, backend: str) -> dict[str, Any]:
    """A time limit wherever one can be set, and no feature that is ignored in silence."""
    seconds = conf.SEND_TIMEOUT.total_seconds()
    if backend == SMTP:
        return {"timeout": seconds}
    if not backend.startswith("anymail."):
        return {}
    options: dict[str, Any] = {"ignore_unsupported_features": False}
    if ".amazon_ses" not in backend and ".test" not in backend:
        options["timeout"] = seconds
    return options
