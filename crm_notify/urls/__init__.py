"""Where things are: mount it anywhere, for example at ``notify/``, or once for each language."""

from __future__ import annotations

from django.urls import path

from crm_notify.views.alerts.actions import (
    acknowledge,
    correct,
    hand_over,
    resend,
    snooze,
    told,
)
from crm_notify.views.alerts.pages import alerts, alerts_json
from crm_notify.views.alerts.stream import stream
from crm_notify.views.health import health
from crm_notify.views.intake import webhook
from crm_notify.views.missed import missed_json
from crm_notify.views.opening import open_link
from crm_notify.views.preferences.page import forget, preferences
from crm_notify.views.staff.urls import staff_urls
from crm_notify.views.unsubscribe import unsubscribe

app_name = "crm_notify"
urlpatterns = [
    path("alerts/", alerts, name="alerts"),
    path("alerts.json", alerts_json, name="alerts-json"),
    path("alerts/stream/", stream, name="alerts-stream"),
    path("alerts/<int:pk>/acknowledge/", acknowledge, name="alert-acknowledge"),
    path("alerts/<int:pk>/resend/", resend, name="alert-resend"),
    path("alerts/<int:pk>/correct/", correct, name="alert-correct"),
    path("alerts/<int:pk>/told/", told, name="alert-told"),
    path("alerts/<int:pk>/snooze/", snooze, name="alert-snooze"),
    path("alerts/<int:pk>/hand-over/", hand_over, name="alert-hand-over"),
    path("webhooks/<slug:provider>/<slug:via>/", webhook, name="webhook"),
    # A redirect to the slash would lose the body of a POST.
    path("webhooks/<slug:provider>/<slug:via>", webhook),
    path("health/", health, name="health"),
    # A monitor that forgets the slash is not sent elsewhere.
    path("health", health),
    path("missed.json", missed_json, name="missed-json"),
    path("open/<str:name>/", open_link, name="open"),
    path("preferences/", preferences, name="preferences"),
    path("preferences/records/<int:pk>/forget/", forget, name="preferences-forget"),
    path("unsubscribe/<str:name>/", unsubscribe, name="unsubscribe"),
    *staff_urls,
]
