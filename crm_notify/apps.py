"""Wiring. Starts no thread and makes no query."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CrmNotifyConfig(AppConfig):
    """The app, with keys of 64 bits whatever the host's default is."""

    name = "crm_notify"
    verbose_name = _("Notifications")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from crm_notify import checks, receivers  # noqa: F401
        from crm_notify.receivers.saves import connect

        connect()
