"""As the tests' own, on the SQLite file that APART_DATABASE names, with a middleware in the way."""

from __future__ import annotations

import os

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES, MIDDLEWARE

MIDDLEWARE = ["tests.odd.apart.middleware.InTheWay", *MIDDLEWARE]
DATABASES["default"] = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": os.environ["APART_DATABASE"],
    "OPTIONS": {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;",
    },
}
