"""A process that does nothing but take in webhooks: ``uvicorn crm_notify.intake.asgi:application``.

``DJANGO_SETTINGS_MODULE`` names the host's settings; of the path only the end counts.
"""

from crm_notify.intake.handlers import ASGIWebhooks

application = ASGIWebhooks(None)
