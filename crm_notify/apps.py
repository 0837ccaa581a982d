"""Wiring. Starts no thread and makes no query."""

from __future__ import annotations

from django.apps import AppConfig, apps
from django.utils.translation import gettext_lazy as _


class CrmNotifyConfig(AppConfig):
    """The app, with keys of 64 bits whatever the host's default is."""

    name = "crm_notify"
    verbose_name = _("Notifications")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from crm_notify import checks, receivers  # noqa: F401
        from crm_notify.channels.places import named_sites
        from crm_notify.receivers.saves import connect

        connect()
        # Where the admin discovers nothing by itself nobody else would import ours, and a site's
        # addresses are made when the host's URLs are first read: our models must be on it before.
        if named_sites():
            from django.contrib.admin.apps import AdminConfig

            if not isinstance(apps.get_app_config("admin"), AdminConfig):
                from crm_notify import admin  # noqa: F401
