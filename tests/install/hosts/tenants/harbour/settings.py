"""Settings of Harbour, which come from the environment."""

import os

from tenancy.names import TENANTS  # noqa: F401

env = os.environ

SECRET_KEY = env["SECRET_KEY"]
SITE_URL = env["SITE_URL"]
ALLOWED_HOSTS = ["*"]
ADMINS = [("Operations", "operations@harbour.example")]

INSTALLED_APPS = [
    "tenancy",
    "visits",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "tenancy.middleware.TenantMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
AUTH_USER_MODEL = "tenancy.Member"
ROOT_URLCONF = "harbour.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "harbour",
        "USER": "harbour",
        "HOST": env["PGHOST"],
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
STATIC_URL = "/static/"

CELERY_BROKER_URL = env["BROKER_URL"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True

ANYMAIL = {
    "SPARKPOST_API_KEY": env["SPARKPOST_API_KEY"],
    "SPARKPOST_API_URL": env["SPARKPOST_API_URL"],
    "WEBHOOK_SECRET": env["WEBHOOK_SECRET"],
}
EMAIL_BACKEND = "anymail.backends.sparkpost.EmailBackend"
