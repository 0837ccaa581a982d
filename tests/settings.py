"""A host project reduced to what the tests need; TEST_DATABASE picks sqlite or postgres."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

SECRET_KEY = "for the tests only"
DEBUG = False
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
ROOT_URLCONF = "tests.urls"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
STATIC_URL = "/static/"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.admin",
    "django.contrib.staticfiles",
    "anymail",
    "crm_notify",
    "tests.crm",
    "tests.sales",
    "project.crm",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]


def _sqlite() -> dict[str, Any]:
    """A file, so that threads share it, in the mode that the documentation asks of hosts."""
    folder = Path(tempfile.gettempdir())
    return {
        "ENGINE": "django.db.backends.sqlite3",
        # Not used, but a name in memory would make the live server share one connection.
        "NAME": str(folder / "crm_notify.sqlite3"),
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;",
        },
        "TEST": {"NAME": str(folder / f"crm_notify_test_{os.getpid()}.sqlite3")},
    }


def _postgres() -> dict[str, Any]:
    """The embedded server; tests/conftest.py starts it and fills in where its socket is."""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "postgres",
        "USER": "postgres",
        "HOST": os.environ.get("TEST_POSTGRES_HOST", ""),
        "TEST": {"NAME": f"crm_notify_test_{os.getpid()}"},
    }


DATABASES = {
    "default": {"sqlite": _sqlite, "postgres": _postgres}[
        os.environ.get("TEST_DATABASE", "sqlite")
    ]()
}

# Django 6.1 reads it; before, the test runner puts the same back end in EMAIL_BACKEND.
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
DEFAULT_FROM_EMAIL = "crm@crm.example"

CRM_NOTIFY: dict[str, Any] = {
    "INSTALLATION": "tests",
    "PRODUCT_NAME": "Acme CRM",
    "BASE_URL": "https://crm.example",
    "SENDER": "notify@crm.example",
    "SENDER_DOMAINS": ["crm.example"],
    "RETURN_PATH_DOMAIN": "bounces.crm.example",
    "RETURN_PATH_KEYS": {"a": "the tests' own key, thirty-two octets or more"},
    "MAILER": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"},
    "WEBHOOK_SECRETS": ["provider:secret"],
    "WAKE": False,
}
