"""The webhooks as an application of their own, in front of the host's middleware or without it.

In the host's wsgi.py: ``application = with_webhooks(application, at="/notify/webhooks/")``.
"""

from crm_notify.intake.beside import with_webhooks, with_webhooks_asgi

__all__ = ["with_webhooks", "with_webhooks_asgi"]
