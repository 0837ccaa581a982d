"""As the tests' own, with what keeps requests and addresses in bounds."""

from __future__ import annotations

from tests.settings import *  # noqa: F403
from tests.settings import CRM_NOTIFY, INSTALLED_APPS, MIDDLEWARE

INSTALLED_APPS = [*INSTALLED_APPS, "tests.odd.strict"]
ROOT_URLCONF = "tests.odd.strict.urls"
LOGIN_URL = "admin:login"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
APPEND_SLASH = False
FORCE_SCRIPT_NAME = "/crm"
# No address has this for a prefix: the sites' languages are these two.
LANGUAGE_CODE = "en-us"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
MIDDLEWARE = [
    *MIDDLEWARE,
    "django.middleware.locale.LocaleMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "tests.odd.strict.middleware.LanguageOfUser",
]
CRM_NOTIFY["LANGUAGE"] = "tests.odd.strict.middleware.language_of"
