"""Where things are: mount it anywhere, for example at ``notify/``."""

from __future__ import annotations

from django.urls import path

from crm_notify.views.intake import webhook
from crm_notify.views.unsubscribe import unsubscribe

app_name = "crm_notify"
urlpatterns = [
    path("webhooks/<slug:provider>/<slug:via>/", webhook, name="webhook"),
    path("unsubscribe/<str:name>/", unsubscribe, name="unsubscribe"),
]
