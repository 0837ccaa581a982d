"""Anymail's views, made ready to read a request that was accepted long ago."""

from __future__ import annotations

from typing import Any

from anymail.exceptions import AnymailConfigurationError, AnymailImproperlyInstalled
from django.utils.module_loading import import_string

from crm_notify.channels.webhooks.table import WEBHOOKS, Webhook
from crm_notify.exceptions import MissingExtra, SettingsError
from crm_notify.rules.body.document import canonical


def webhook_of(provider: str, via: str) -> Webhook:
    """Return the table's row; raise SettingsError where Anymail receives no such webhook."""
    webhook = WEBHOOKS.get((canonical(provider), via))
    if webhook is None:
        raise SettingsError(f"Anymail receives no {via} webhooks of {provider!r}.")
    return webhook


def view_class(provider: str, webhook: Webhook) -> type[Any]:
    """Import the view."""
    own = "." in webhook.view
    path = webhook.view if own else f"anymail.webhooks.{canonical(provider)}.{webhook.view}"
    return import_string(path)  # type: ignore[no-any-return]


def view_of(provider: str, via: str) -> Any:
    """Return a fresh view that asks for no password.

    Our own intake has compared the shared secret before anything was stored, and stored requests
    have no Authorization header. Views keep state while they read, so each reading takes a new one.

    Raises SettingsError where a setting that this view needs is missing or cannot be used, and
    MissingExtra where an optional package of Anymail is not installed.
    """
    webhook = webhook_of(provider, via)
    # Anymail warns of insecure webhooks wherever it is given no secret at all.
    options: dict[str, Any] = {"webhook_secret": "checked before"}
    if canonical(provider) == "amazon_ses":
        # Confirming means a call to AWS, and never on reading again what is old.
        options["auto_confirm_sns_subscriptions"] = False
    try:
        view = view_class(provider, webhook)(**options)
    except AnymailImproperlyInstalled as error:
        raise MissingExtra(str(error)) from error
    except AnymailConfigurationError as error:
        raise SettingsError(str(error)) from error
    except Warning:
        # Only where a host has made warnings errors; it means what Anymail says.
        raise
    except Exception as error:
        # Whatever a malformed key makes a cryptographic package raise. It may show the key.
        why = f"the view raised {type(error).__name__}"
        raise unusable(provider, webhook, why) from error
    view.basic_auth = ()
    return view


def unusable(provider: str, webhook: Webhook, why: str) -> SettingsError:
    """The error that names the setting to look at."""
    setting = f'ANYMAIL["{webhook.setting}"]' if webhook.setting else "ANYMAIL in the settings"
    return SettingsError(f"Webhooks of {provider} cannot be read: {why}. Check {setting}.")
