"""A process that does nothing but take in webhooks: ``gunicorn crm_notify.intake.wsgi``.

``DJANGO_SETTINGS_MODULE`` names the host's settings; of the path only the end counts.
"""

from crm_notify.intake.handlers import WSGIWebhooks

application = WSGIWebhooks(None)
