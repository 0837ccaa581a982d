"""The tests' host project on the database that LIVE_DATABASE names; LIVE_POLL is in ms."""

from __future__ import annotations

import os
from datetime import timedelta

from tests.settings import *  # noqa: F403 - a settings module is made of another one like this
from tests.settings import CRM_NOTIFY, DATABASES, MIDDLEWARE

DATABASES["default"]["NAME"] = os.environ["LIVE_DATABASE"]
ROOT_URLCONF = "tests.edges.alerts.host"
# It packs each part of a stream by itself, and a browser unpacks the first one only.
MIDDLEWARE = ["django.middleware.gzip.GZipMiddleware", *MIDDLEWARE]
CRM_NOTIFY = {
    **CRM_NOTIFY,
    "POLL_INTERVAL": timedelta(milliseconds=int(os.environ["LIVE_POLL"])),
}
