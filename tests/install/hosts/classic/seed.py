"""Puts the first people and companies into an empty database."""
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "greenfield.settings")
django.setup()

from django.contrib.auth.models import User  # noqa: E402

from contacts.models import Company  # noqa: E402

names = {"first_name": "Janet", "last_name": "Smith"}
User.objects.create_user("janet", "janet@greenfield.example", "janet-1", **names)
john = User.objects.create_user("john", "john@example.com", "john-1", first_name="John")
bob = User.objects.create_user("bob", "bob@greenfield.example", "bob-1", first_name="Bob")
Company.objects.create(name="Contoso", owner=bob)
