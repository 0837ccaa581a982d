"""Everything once for each language, and the webhooks where no language is needed."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def case(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse("A case.")


urlpatterns = [
    path("notify/webhooks/", include("crm_notify.urls.webhooks")),
    *i18n_patterns(
        path("office/admin/", admin.site.urls),
        path("office/notify/", include("crm_notify.urls")),
        path("cases/<int:pk>/", case, name="case"),
    ),
]
