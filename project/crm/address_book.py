"""The addresses that the company knows: the setting CRM_NOTIFY["CONTACTS"], for suggestions."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib.auth.models import User

from project.crm.models import Contact
from project.crm.people import TRUE_ADDRESS


def address_book(user: User) -> Iterator[str]:
    """Where anybody can be reached: our people, as the mail server has them, and customers'."""
    yield TRUE_ADDRESS
    yield from Contact.objects.exclude(email="").values_list("email", flat=True)
