"""Django for what runs outside pytest: the tests' settings, with the keys that the views need."""

from __future__ import annotations

import logging
import os
import warnings

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.conf import settings  # noqa: E402 - there are none before

from tests.channels.webhooks.conftest import KEYS  # noqa: E402

settings.ANYMAIL = dict(KEYS)
# Each of a million hostile posts would have something to say.
logging.disable(logging.CRITICAL)
warnings.simplefilter("ignore")
