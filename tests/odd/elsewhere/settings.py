"""As the tests' own, with a second database that holds everything but the host's records."""

from __future__ import annotations

from tests.odd.databases import second
from tests.settings import *  # noqa: F403
from tests.settings import DATABASES, INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.odd.elsewhere"]
ROOT_URLCONF = "tests.odd.elsewhere.urls"
DATABASES["people"] = second("people")
for database in DATABASES.values():
    database["ATOMIC_REQUESTS"] = True
DATABASE_ROUTERS = ["tests.odd.elsewhere.router.Router"]
