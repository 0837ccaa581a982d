"""Addresses, the same for every tenant."""

from django.contrib.auth.decorators import login_required
from django.urls import include, path

from visits.views import Customers, ReportVisit

urlpatterns = [
    path("", login_required(Customers.as_view()), name="customers"),
    path("customers/<int:pk>/report/", login_required(ReportVisit.as_view()), name="report"),
    path("", include("django.contrib.auth.urls")),
]
