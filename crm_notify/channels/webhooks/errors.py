"""What may be wrong with a request that says that it comes from a provider."""

from __future__ import annotations

from crm_notify.exceptions import CrmNotifyError


class BadSignature(CrmNotifyError):
    """The request is not signed as its provider signs; the message is fit to be shown."""
