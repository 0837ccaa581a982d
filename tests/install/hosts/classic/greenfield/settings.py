"""Greenfield CRM, as it has grown since Django 1.4."""
import os

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SECRET_KEY = os.environ["SECRET_KEY"]
SITE_URL = os.environ["SITE_URL"]
ALLOWED_HOSTS = ["*"]
ADMINS = [("Alice", "alice@greenfield.example")]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "contacts",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [{
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "DIRS": [os.path.join(ROOT, "templates")],
    "APP_DIRS": True,
    "OPTIONS": {"context_processors": [
        "django.template.context_processors.request",
        "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
    ]},
}]
ROOT_URLCONF = "greenfield.urls"
WSGI_APPLICATION = "greenfield.wsgi.application"
DATABASES = {"default": {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": os.path.join(ROOT, "greenfield.db"),
    "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20},
}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATIC_URL = "/static/"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LANGUAGE_CODE = "en-us"

# Invitations and reminders of its own.
EMAIL_BACKEND = "anymail.backends.sparkpost.EmailBackend"
ANYMAIL = {
    "SPARKPOST_API_KEY": os.environ["SPARKPOST_API_KEY"],
    "SPARKPOST_API_URL": os.environ["SPARKPOST_API_URL"],
}
DEFAULT_FROM_EMAIL = "office@greenfield.example"
