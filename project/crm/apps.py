"""Tells Django about the CRM; its label leaves the short one to a host's own app."""

from __future__ import annotations

from django.apps import AppConfig


class CrmConfig(AppConfig):
    name = "project.crm"
    label = "acme_crm"
    verbose_name = "Customers"
    default_auto_field = "django.db.models.BigAutoField"
