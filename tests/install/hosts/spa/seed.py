"""Fills an empty database: who works here, and one deal."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fieldwork.settings")
django.setup()

from deals.models import Deal  # noqa: E402
from people.models import Person  # noqa: E402

Person.objects.create_user("janet", "janet@fieldwork.example", "janet-1", name="Janet Smith")
john = Person.objects.create_user("john", "john@example.com", "john-1", name="John Doe")
Deal.objects.create(title="Contoso", owner=john)
