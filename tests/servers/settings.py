"""The tests' host project, on the SQLite file that SERVERS_DATABASE names, with small limits."""

from __future__ import annotations

import os

from tests.servers.limits import INBOUND_LIMIT, TRACKING_LIMIT
from tests.settings import *  # noqa: F403 - a settings module is made of another one like this
from tests.settings import CRM_NOTIFY

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ["SERVERS_DATABASE"],
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;",
        },
    }
}
CRM_NOTIFY = {**CRM_NOTIFY, "TRACKING_LIMIT": TRACKING_LIMIT, "INBOUND_LIMIT": INBOUND_LIMIT}
