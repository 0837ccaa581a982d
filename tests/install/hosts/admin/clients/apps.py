"""Clients."""

from importlib import import_module

from django.apps import AppConfig


class ClientsConfig(AppConfig):
    """Puts its pages into the office."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "clients"

    def ready(self):
        """The office is no site that the admin's autodiscovery knows."""
        import_module("clients.admin")
