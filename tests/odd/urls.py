"""The package alone."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("notify/", include("crm_notify.urls"))]
