"""The CRM, with our URLs twice: where they are now, and where old mails look for them."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("people/notices/", include("crm_notify.urls")),
    path("notify/", include("crm_notify.urls", namespace="before")),
]
