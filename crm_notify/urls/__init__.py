"""Where things are: mount it anywhere, for example at ``notify/``, also once for each language."""

from __future__ import annotations

from django.urls import include, path

from crm_notify.urls import webhooks
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
from crm_notify.views.missed import missed_json
from crm_notify.views.opening import open_link
from crm_notify.views.preferences.page import forget, preferences
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
    path("webhooks/", include(webhooks.urlpatterns)),
    path("missed.json", missed_json, name="missed-json"),
    path("open/<str:name>/", open_link, name="open"),
    path("preferences/", preferences, name="preferences"),
    path("preferences/records/<int:pk>/forget/", forget, name="preferences-forget"),
    path("unsubscribe/<str:name>/", unsubscribe, name="unsubscribe"),
]
