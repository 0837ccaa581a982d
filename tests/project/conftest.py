"""The demonstration as its own host, with its people and customers in the tests' database."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from project import settings as project_settings
from project.crm.models import Customer

TAKEN_OVER = (
    "CRM_NOTIFY",
    "LOGIN_REDIRECT_URL",
    "LOGIN_URL",
    "LOGOUT_REDIRECT_URL",
    "MIDDLEWARE",
    "ROOT_URLCONF",
    "TEMPLATES",
)


@pytest.fixture
def crm(db: None, settings: Settings) -> None:
    """The CRM under its own settings, seeded; nobody is woken, so what is queued stays queued."""
    for name in TAKEN_OVER:
        setattr(settings, name, getattr(project_settings, name))
    call_command("seed_demo", verbosity=0)


@pytest.fixture
def logged_in(crm: None) -> Callable[[str], Client]:
    """A browser of one of the cast."""

    def log_in(username: str) -> Client:
        client = Client()
        client.force_login(User.objects.get(username=username))
        return client

    return log_in


@pytest.fixture
def contoso(crm: None) -> Customer:
    """John's customer."""
    return Customer.objects.get(name="Contoso")
