"""The host's own applications, with the webhooks in front of them."""

from __future__ import annotations

from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application

from crm_notify.intake import with_webhooks, with_webhooks_asgi

wsgi = with_webhooks(get_wsgi_application(), at="/notify/webhooks/")
asgi = with_webhooks_asgi(get_asgi_application(), at="/notify/webhooks/")
