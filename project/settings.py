"""Settings of the demonstration. Its secrets are public: they are for this machine only.

The environment may set DEMO_FOLDER (for all data, else .demo/), DATABASE
(postgres://user:password@host:port/name, else SQLite in that folder), BROKER_URL (without it
nobody is woken, and crm_notify_worker finds the work), PROVIDER_URL (where the mail provider
listens), BASE_URL (where this site is reached) and DEBUG=1.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).parents[1]
DEMO = Path(os.environ.get("DEMO_FOLDER", ROOT / ".demo"))
BASE_URL = os.environ.get("BASE_URL", "http://127.0.0.1:8000")
PROVIDER_URL = os.environ.get("PROVIDER_URL", "http://127.0.0.1:8025")
BROKER_URL = os.environ.get("BROKER_URL", "")

# For the demonstration only. Everybody can read these; take your own from a secret store.
SECRET_KEY = "demo-only-secret-key-that-everybody-can-read-in-the-repository"
RETURN_PATH_KEY = "demo-only-return-path-key-that-everybody-can-read"
WEBHOOK_SECRET = "provider:demo-only-webhook-secret"
PROVIDER_API_KEY = "demo-only-api-key"

DEBUG = os.environ.get("DEBUG") == "1"
# Nobody but this machine: that is what makes public secrets bearable.
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
ROOT_URLCONF = "project.urls"
WSGI_APPLICATION = "project.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "project.crm",
    "crm_notify",
    "anymail",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "project.crm.policy.content_security_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "project" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "project.crm.context.warnings",
            ],
        },
    }
]


def _database(url: str) -> dict[str, Any]:
    """PostgreSQL where the URL names one; else SQLite as crm_notify asks for it."""
    if url:
        parts = urlsplit(url)
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.lstrip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
        }
    DEMO.mkdir(exist_ok=True)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DEMO / "crm.sqlite3",
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }


DATABASES = {"default": _database(os.environ.get("DATABASE", ""))}

LANGUAGE_CODE = "en-gb"
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "static/"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "customers"
LOGOUT_REDIRECT_URL = "login"

CELERY_BROKER_URL = BROKER_URL or None
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # A worker that was killed hands its task back after this many seconds.
    "visibility_timeout": 60,
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
}

CRM_NOTIFY = {
    "INSTALLATION": "demo",
    "PRODUCT_NAME": "Acme CRM",
    "BASE_URL": BASE_URL,
    "SENDER": "notify@acmecrm.example",
    "SENDER_DOMAINS": ["acmecrm.example"],
    "RETURN_PATH_DOMAIN": "bounces.acmecrm.example",
    "RETURN_PATH_KEYS": {"a": RETURN_PATH_KEY},
    "MAILER": {
        "BACKEND": "anymail.backends.sparkpost.EmailBackend",
        "OPTIONS": {"api_key": PROVIDER_API_KEY, "api_url": f"{PROVIDER_URL}/api/v1/"},
    },
    "WEBHOOK_SECRETS": [WEBHOOK_SECRET],
    "DIGEST_TO": ["alice@acmecrm.example"],
    "ADMIN_MENU": True,
    "OWNERS": "project.crm.owners.owners",
    "CONTACTS": "project.crm.address_book.address_book",
    # Without a broker there is nobody to wake.
    "WAKE": bool(BROKER_URL),
}
