"""Clients and visits in the office."""

from django.contrib import admin

from clients.models import Client, Visit
from ledger.office import office


class VisitInline(admin.TabularInline):
    """Visits below their client."""

    model = Visit
    extra = 1


@admin.register(Client, site=office)
class ClientAdmin(admin.ModelAdmin):
    """Clients with their visits."""

    list_display = ["name", "manager"]
    list_select_related = ["manager"]
    inlines = [VisitInline]


@admin.register(Visit, site=office)
class VisitAdmin(admin.ModelAdmin):
    """Visits by themselves."""

    list_display = ["client", "seen_on"]
