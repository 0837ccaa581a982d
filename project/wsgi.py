"""The demonstration under WSGI; it serves its own static files, as a real host would not."""

from __future__ import annotations

import os

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application

from project.celery import app as celery_app

__all__ = ["application", "celery_app"]

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
application = StaticFilesHandler(get_wsgi_application())
