"""The first people and clients."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ledger.settings")
django.setup()

from django.contrib.auth.models import Permission, User  # noqa: E402

from clients.models import Client  # noqa: E402

User.objects.create_superuser("alice", "alice@ledger.example", "alice-1", first_name="Alice")
janet = User.objects.create_user(
    "janet", "janet@ledger.example", "janet-1", first_name="Janet", last_name="Smith", is_staff=True
)
janet.user_permissions.set(Permission.objects.filter(content_type__app_label="clients"))
john = User.objects.create_user("john", "john@example.com", "john-1", first_name="John")
Client.objects.create(name="Contoso", manager=john)
