"""Worldly: every page has a language in its address, and orders live in a database of their own."""

import os
from pathlib import Path

from django.utils.translation import gettext_lazy as _

HERE = Path(__file__).parents[1]
SECRET_KEY = os.environ["SECRET_KEY"]
SITE_URL = os.environ["SITE_URL"]
ALLOWED_HOSTS = ["*"]
ADMINS = ["helpdesk@worldly.example"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "staff",
    "accounts",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
]
ROOT_URLCONF = "worldly.urls"
APPEND_SLASH = False
AUTH_USER_MODEL = "staff.Employee"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "orders"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "staff.bell.context",
            ]
        },
    }
]

SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "ATOMIC_REQUESTS": True,
    "OPTIONS": {"timeout": 5, "transaction_mode": "IMMEDIATE"},
}
DATABASES = {
    "default": {**SQLITE, "NAME": HERE / "worldly.sqlite3"},
    "records": {**SQLITE, "NAME": HERE / "records.sqlite3"},
}
DATABASE_ROUTERS = ["worldly.routing.RecordsApart"]

USE_TZ = False
TIME_ZONE = "America/Sao_Paulo"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German")), ("pt-br", _("Portuguese"))]

MAILERS = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {"host": "mail.worldly.example"},
    },
    "bulk": {
        "BACKEND": "anymail.backends.sparkpost.EmailBackend",
        "OPTIONS": {
            "api_key": os.environ["SPARKPOST_API_KEY"],
            "api_url": os.environ["SPARKPOST_API_URL"],
        },
    },
}
ANYMAIL = {"WEBHOOK_SECRET": os.environ["WEBHOOK_SECRET"]}
