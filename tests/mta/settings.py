"""The tests' settings for processes beside the tests, which share the tests' database."""

from __future__ import annotations

import os

from tests.settings import *  # noqa: F403 - a settings module is what it names
from tests.settings import DATABASES

DATABASES["default"]["NAME"] = os.environ["MTA_DATABASE"]
