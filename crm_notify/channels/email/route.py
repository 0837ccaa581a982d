"""By whom one tenant's mail goes, and with which settings it is written."""

from __future__ import annotations

from dataclasses import dataclass

import idna
from django.core.exceptions import ImproperlyConfigured

from crm_notify.channels.email.address import deliverable
from crm_notify.channels.email.mailer import Mailer, mailer
from crm_notify.channels.wording import ascii_domain
from crm_notify.conf import Settings
from crm_notify.exceptions import RefusedInput, SettingsError
from crm_notify.senders import for_tenant, owner, placed

#: Whose words name settings; those of others may quote what they hold.
_WORDY = (ImproperlyConfigured, ImportError, TypeError)


@dataclass(frozen=True, kw_only=True)
class Route:
    """One tenant's settings and the mailer that they name."""

    conf: Settings
    mailer: Mailer


def route_of(tenant: str) -> Route:
    """Return it; raise SettingsError, said of this tenant's settings where they are his own."""
    conf = for_tenant(tenant)
    try:
        return Route(conf=conf, mailer=mailer(conf))
    except SettingsError as error:
        own = owner(tenant, "MAILER")
        raise SettingsError(placed(str(error), tenant) if own else str(error)) from error


def checked_route(tenant: str) -> Route:
    """As ``route_of``, once all that is the tenant's own was tried without calling anybody.

    What is wrong with the installation's own is said by each mail that fails of it.
    """
    route = route_of(tenant)
    wrong = ""
    if owner(tenant, "MAILER"):
        wrong = _of_mailer(route.mailer)
    if not wrong and owner(tenant, "SENDER", "RETURN_PATH_DOMAIN"):
        wrong = _of_sender(route.conf)
    if wrong:
        raise SettingsError(placed(wrong, tenant))
    return route


def _of_mailer(mailer: Mailer) -> str:
    try:
        mailer.connect()
    except _WORDY as error:
        return f'CRM_NOTIFY["MAILER"]: {type(error).__name__}: {error}'
    except Exception as error:  # noqa: BLE001 - whatever a back end raises
        return f'CRM_NOTIFY["MAILER"]: {mailer.backend} raised {type(error).__name__}.'
    return ""


def _of_sender(conf: Settings) -> str:
    try:
        deliverable(conf.SENDER)
    except RefusedInput as error:
        return f'CRM_NOTIFY["SENDER"]: {error}'
    try:
        domain = ascii_domain(conf.RETURN_PATH_DOMAIN)
    except idna.IDNAError:
        domain = ""
    return "" if domain else 'CRM_NOTIFY["RETURN_PATH_DOMAIN"] is no domain.'
