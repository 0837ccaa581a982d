"""The keys and addresses of providers' APIs, from where the mailer and Anymail have them."""

from __future__ import annotations

from typing import Any

from anymail.utils import get_anymail_setting

from crm_notify.channels.email.mailer import mailer
from crm_notify.conf import get_settings
from crm_notify.exceptions import SettingsError


def given(provider: str, name: str, default: str = "") -> str:
    """Return a setting as text: of our own mailer if it is this provider, else of Anymail."""
    conf = get_settings()
    options: dict[str, Any] = {}
    if conf.MAILER:
        ours = mailer(conf)
        options = dict(ours.options) if ours.provider.name == provider else {}
    value = get_anymail_setting(
        name, esp_name=provider, kwargs=options, allow_bare=True, default=None
    )
    return str(value or default)


def needed(provider: str, name: str, *, why: str) -> str:
    """Return a setting; raise SettingsError with what to type where there is none."""
    value = given(provider, name)
    if not value:
        raise SettingsError(f'Set ANYMAIL["{provider.upper()}_{name.upper()}"]: {why}')
    return value


def root(provider: str, default: str) -> str:
    """The root of the API, with the slash at its end; a region has its own."""
    return given(provider, "api_url", default).rstrip("/") + "/"
