"""The package alone, and a log-in."""

from __future__ import annotations

from django.contrib.auth.views import LoginView
from django.urls import include, path

urlpatterns = [
    path("accounts/login/", LoginView.as_view()),
    path("notify/", include("crm_notify.urls")),
]
