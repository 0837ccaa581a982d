"""Our own mailer: never the host's default, and never one that drops the token in silence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import django
from django.conf import settings as django_settings
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.module_loading import import_string

from crm_notify.channels.email.smtp import SmtpBackend
from crm_notify.conf import Settings
from crm_notify.exceptions import SettingsError
from crm_notify.rules.providers import Provider, provider_of

SMTP = "django.core.mail.backends.smtp.EmailBackend"
WHAT_TO_TYPE = (
    'CRM_NOTIFY["MAILER"] must be {"BACKEND": "anymail.backends.mailjet.EmailBackend", '
    '"OPTIONS": {...}} or, from Django 6.1 on, an alias of MAILERS'
)
#: What Django's own back end would else take from the host's default mailer before 6.1, where no
#: alias says that it is another one: its password would be shown to our server.
NOBODYS = {
    "host": "localhost",
    "port": 25,
    "username": "",
    "password": "",
    "use_tls": False,
    "use_ssl": False,
    "ssl_keyfile": "",
    "ssl_certfile": "",
}
#: What the host's SEND_DEFAULTS may add to our mail. All else is ours to say: a bcc would be a
#: second recipient, a tag might be one too many.
HARMLESS_DEFAULTS = frozenset({"esp_extra", "track_clicks", "track_opens"})


@dataclass(frozen=True, kw_only=True)
class Mailer:
    """A back end with its options, and what its provider can carry."""

    backend: str
    options: Mapping[str, Any]
    provider: Provider
    alias: str = "crm_notify"
    #: The time limit of one call, in seconds.
    timeout: float

    def connect(self) -> BaseEmailBackend:
        """Return a fresh connection, not yet open."""
        options = dict(self.options)
        if django.VERSION >= (6, 1):
            # Since 6.1 a back end without an alias takes the deprecated global settings.
            options["alias"] = self.alias
        kind = SmtpBackend if self.backend == SMTP else import_string(self.backend)
        backend: BaseEmailBackend = kind(**options)
        if self.provider.anymail:
            _keep_to_ourselves(backend)
        if self.provider.name == "amazon_ses":
            _call_once(backend, self.timeout)
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
    backend, own = given.get("BACKEND", SMTP), given.get("OPTIONS", {})
    if not isinstance(backend, str) or not isinstance(own, Mapping):
        raise SettingsError(f"{WHAT_TO_TYPE}.")
    provider = provider_of(backend)
    timeout = conf.SEND_TIMEOUT.total_seconds()
    return Mailer(
        backend=backend,
        options={**_defaults(provider, timeout), **_said(own)},
        provider=provider,
        alias=alias,
        timeout=timeout,
    )


def _defaults(provider: Provider, timeout: float) -> dict[str, Any]:
    """A time limit wherever one can be set, and no feature that is ignored in silence."""
    options: dict[str, Any] = {}
    if provider.name == "smtp":
        options |= NOBODYS
    if provider.anymail:
        options["ignore_unsupported_features"] = False
    if provider.name == "smtp" or (
        provider.anymail and provider.name not in {"amazon_ses", "anymail_test"}
    ):
        options["timeout"] = timeout
    return options


def _said(options: Mapping[str, Any]) -> dict[str, Any]:
    """What is None was not said, for Django's own back end would take the host's default."""
    return {
        name: value for name, value in options.items() if value is not None or name not in NOBODYS
    }


def _keep_to_ourselves(backend: Any) -> None:
    backend.send_defaults = {
        name: value for name, value in backend.send_defaults.items() if name in HARMLESS_DEFAULTS
    }


def _call_once(backend: Any, timeout: float) -> None:
    """Give Amazon's client the time limit, and keep it from repeating a call by itself.

    Left alone it calls up to five times, also after a time-out, when the mail may have been taken.
    """
    config = import_string("botocore.config.Config")
    limits = config(connect_timeout=timeout, read_timeout=timeout)
    host = backend.client_params["config"]
    backend.client_params["config"] = limits.merge(host).merge(
        config(retries={"total_max_attempts": 1})
    )
