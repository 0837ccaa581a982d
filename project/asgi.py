"""The demonstration under ASGI; it serves its own static files, as a real host would not."""

from __future__ import annotations

import os

from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from django.core.asgi import get_asgi_application

from project.celery import warm_up

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
application = ASGIStaticFilesHandler(get_asgi_application())
warm_up()
