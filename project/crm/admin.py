"""Customers and the people there, for those who keep the records straight."""

from __future__ import annotations

from django.contrib import admin

from project.crm.models import Contact, Customer, Entry


class ContactInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Contact
    extra = 0


@admin.register(Customer)
class CustomerAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["name", "owner", "stage", "city"]
    list_filter = ["stage"]
    list_select_related = ["owner"]
    search_fields = ["name", "city"]
    inlines = [ContactInline]


@admin.register(Entry)
class EntryAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["customer", "kind", "author", "urgent", "logged_at"]
    list_filter = ["kind", "urgent"]
    list_select_related = ["customer", "author"]
    search_fields = ["customer__name", "text"]
