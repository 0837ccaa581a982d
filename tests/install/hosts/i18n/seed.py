"""Who works here, and one order."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "worldly.settings")
django.setup()

from django.core.management import call_command  # noqa: E402

from accounts.models import Account, Order  # noqa: E402
from staff.models import Employee  # noqa: E402

call_command("migrate", database="records", verbosity=0)
hire = Employee.objects.create_user
hire("janet", "janet-1", full_name="Janet Smith", post="janet@worldly.example")
hire("john", "john-1", full_name="John Doe", post="john@example.com")
contoso = Account.objects.create(name="Contoso", keeper_login="john")
for goods in ("Twelve barrels", "A crane"):
    Order.objects.create(account=contoso, goods=goods)
