"""As the tests' own, with users that are children of another table, and no admin."""

from __future__ import annotations

from tests.settings import *  # noqa: F403
from tests.settings import INSTALLED_APPS

LEFT_OUT = {"django.contrib.admin", "project.crm"}
INSTALLED_APPS = [name for name in INSTALLED_APPS if name not in LEFT_OUT] + ["tests.odd.family"]
AUTH_USER_MODEL = "family.Employee"
ROOT_URLCONF = "tests.odd.urls"
# The users' app has no migrations, so it is made before all that have some, and PostgreSQL knows
# no key to a table that is made later.
MIGRATION_MODULES: dict[str, None] = dict.fromkeys(
    ["auth", "contenttypes", "crm_notify", "sales", "sessions"]
)
