"""As the tests' own, but for what makes a host odd."""

from __future__ import annotations

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES, INSTALLED_APPS

LEFT_OUT = {"django.contrib.admin", "django.contrib.messages", "project.crm"}
INSTALLED_APPS = [name for name in INSTALLED_APPS if name not in LEFT_OUT] + ["tests.odd"]
AUTH_USER_MODEL = "odd.Person"
ROOT_URLCONF = "tests.odd.urls"
USE_TZ = False
TIME_ZONE = "America/New_York"
DATABASES["default"]["ATOMIC_REQUESTS"] = True
