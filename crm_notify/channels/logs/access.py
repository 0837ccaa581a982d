"""The keys and addresses of providers' APIs, from where the mailer and Anymail have them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from anymail.utils import get_anymail_setting

from crm_notify.channels.email.route import route_of
from crm_notify.conf import Settings
from crm_notify.exceptions import SettingsError
from crm_notify.senders import for_tenant, owner

#: The tenant whose account is asked; without one it is the installation's.
_tenant: ContextVar[str] = ContextVar("crm_notify_log_of", default="")


@contextmanager
def account_of(tenant: str, *, provider: str) -> Iterator[None]:
    """Read the log of this tenant's own account; raises SettingsError where he has none there."""
    if tenant and not owner(tenant, "MAILER"):
        raise SettingsError(f"{tenant!r} has no mailer of his own; leave the tenant out.")
    if tenant and (found := route_of(tenant).mailer.provider).name != provider:
        raise SettingsError(f"The mailer of {tenant!r} is {found.label}.")
    token = _tenant.set(tenant)
    try:
        yield
    finally:
        _tenant.reset(token)


def settings_of_account() -> Settings:
    """The settings of whose account is asked."""
    return for_tenant(_tenant.get())


def given(provider: str, name: str, default: str = "") -> str:
    """Return a setting as text: of our own mailer if it is this provider, else of Anymail."""
    options: dict[str, Any] = {}
    if settings_of_account().MAILER:
        ours = route_of(_tenant.get()).mailer
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
