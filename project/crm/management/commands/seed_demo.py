"""`manage.py seed_demo`: the people, customers and history of the demonstration, once."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils import timezone

from crm_notify import api
from project.crm.models import Contact, Customer, Entry
from project.crm.people import CAST, GROUPS, PASSWORD
from project.crm.sample import SAMPLES, Sample


class Command(BaseCommand):
    help = "Add the demonstration's people and customers; what is already there stays as it is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--migrate", action="store_true", help="bring the tables up to date")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["migrate"]:
            call_command("migrate", verbosity=0)
        with transaction.atomic():
            users = _people()
            added = sum(_add(sample, users) for sample in SAMPLES)
        self.stdout.write(f"{len(users)} people, {added} new customers.")


def _people() -> dict[str, User]:
    """The cast by user name; each of them wants to hear of what he looks after."""
    groups = {name: _group(name, permissions) for name, permissions in GROUPS.items()}
    password = make_password(PASSWORD)
    users = {}
    for person in CAST:
        user, is_new = User.objects.get_or_create(
            username=person.username,
            defaults={
                "first_name": person.first_name,
                "last_name": person.last_name,
                "email": person.email,
                "password": password,
                "is_staff": person.admin,
                "is_superuser": person.admin,
            },
        )
        if is_new:
            user.groups.set(groups[name] for name in person.groups)
            api.set_wanted(user, True, owned=True)
        users[person.username] = user
    return users


def _group(name: str, permissions: tuple[str, ...]) -> Group:
    group, _ = Group.objects.get_or_create(name=name)
    group.permissions.set(_permission(*permission.split(".")) for permission in permissions)
    return group


def _permission(app: str, codename: str) -> Permission:
    return Permission.objects.get(content_type__app_label=app, codename=codename)


def _add(sample: Sample, users: dict[str, User]) -> bool:
    """Add one customer with people and history; whether he was new."""
    customer, is_new = Customer.objects.get_or_create(
        name=sample.name,
        defaults={
            "owner": users[sample.owner.username],
            "stage": sample.stage,
            "industry": sample.industry,
            "city": sample.city,
            "phone": sample.phone,
            "website": sample.website,
            "about": sample.about,
        },
    )
    if is_new:
        Contact.objects.bulk_create(
            Contact(customer=customer, name=name, role=role, email=email, phone=phone)
            for name, role, email, phone in sample.people
        )
        now = timezone.now()
        Entry.objects.bulk_create(
            Entry(
                customer=customer,
                author=users[author.username],
                kind=kind,
                text=text,
                logged_at=now - ago,
            )
            for ago, author, kind, text in sample.said
        )
    return is_new
