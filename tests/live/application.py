"""The tests' host project as the server loads it; it serves the scripts too."""

from __future__ import annotations

from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler, StaticFilesHandler
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application

wsgi = StaticFilesHandler(get_wsgi_application())
asgi = ASGIStaticFilesHandler(get_asgi_application())
