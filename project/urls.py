"""The demonstration's addresses: the CRM, the admin, and crm_notify under notify/."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

admin.site.site_header = "Acme CRM"
admin.site.site_title = "Acme CRM"
admin.site.index_title = "Administration"

urlpatterns = [
    path("", include("project.crm.urls")),
    path("notify/", include("crm_notify.urls")),
    path("admin/", admin.site.urls),
]
