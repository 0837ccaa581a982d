"""A site whose log-in has its address below a language."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.contrib.auth.views import LoginView
from django.urls import include, path

urlpatterns = [
    path("notify/", include("crm_notify.urls")),
    *i18n_patterns(path("log-in/", LoginView.as_view(), name="log-in")),
]
