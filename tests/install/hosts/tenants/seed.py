"""Two tenants with a few people each."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "harbour.settings")
django.setup()

from tenancy import within  # noqa: E402
from tenancy.models import Member  # noqa: E402
from visits.models import Customer  # noqa: E402


def add(username, tenant, mail, **fields):
    """One person, whose password is his name and a one."""
    return Member.objects.create_user(
        username, mail, f"{username}-1", tenant=tenant, first_name=username.title(), **fields
    )


add("janet", "north", "janet@north.example", last_name="Smith")
add("nina", "north", "nina@north.example", is_staff=True)
add("sam", "south", "sam@south.example")
john = add("john", "north", "john@example.com")
sue = add("sue", "south", "sue@example.com")
with within("north"):
    Customer.objects.create(name="Contoso", keeper=john)
with within("south"):
    Customer.objects.create(name="Fabrikam", keeper=sue)
