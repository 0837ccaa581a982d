"""What crm_notify raises; every error that a host may meet derives from ``CrmNotifyError``."""

from __future__ import annotations


class CrmNotifyError(Exception):
    """Base of all errors of this package."""


class SettingsError(CrmNotifyError):
    """A value in ``CRM_NOTIFY`` cannot be used; the message says what to type."""


class MissingExtra(CrmNotifyError):
    """An optional package is needed; the message names the extra to install."""


class RefusedInput(CrmNotifyError, ValueError):
    """What was handed in cannot be taken (a control character, two addresses, an empty reason)."""


class NotAllowed(CrmNotifyError):
    """The person may not do this; nothing was changed."""


class SendInTransaction(CrmNotifyError):
    """A channel was asked to send while a database transaction was open."""
