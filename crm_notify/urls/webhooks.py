"""The webhooks alone: for a host name, a process or a place outside ``i18n_patterns`` of their own.

``path("notify/webhooks/", include("crm_notify.urls.webhooks"))`` needs no session and no user.
"""

from __future__ import annotations

from django.urls import path

from crm_notify.views.intake import webhook

# Not that of all our URLs: a host may mount both, and names must stay unique.
app_name = "crm_notify_webhooks"
urlpatterns = [
    path("<slug:provider>/<slug:via>/", webhook, name="webhook"),
    # A redirect to the slash would lose the body of a POST.
    path("<slug:provider>/<slug:via>", webhook),
]
