"""The site on which everybody works."""

from django.contrib.admin import AdminSite
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User


class Office(AdminSite):
    """Not the usual site: it has a name and an address of its own."""

    site_header = "Ledger"
    site_title = "Ledger"


office = Office(name="office")
office.register(User, UserAdmin)
office.register(Group, GroupAdmin)
