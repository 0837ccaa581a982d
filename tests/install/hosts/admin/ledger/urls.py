"""Ledger has the office, and the pages of those who have forgotten their password."""

from django.conf import settings
from django.urls import include, path

from ledger.office import office

urlpatterns = [
    path(f"{settings.ADMIN_PREFIX}/", office.urls),
    path(f"{settings.ADMIN_PREFIX}/password/", include("django.contrib.auth.urls")),
]
