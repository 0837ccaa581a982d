"""The package, and a page that logs a call on a ticket."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from crm_notify import api
from tests.odd.elsewhere.models import Ticket


def log_call(request: HttpRequest) -> HttpResponse:
    """Both databases have a transaction open here; asked to, it fails at the very end."""
    ticket = Ticket.objects.create(title=request.POST["title"])
    api.record_activity(
        actor=request.user,
        verb="logged a call",
        target=ticket,
        recipients=get_user_model().objects.filter(username="john"),
    )
    if "fail" in request.POST:
        raise ValueError("The page failed after all.")
    return HttpResponse()


urlpatterns = [
    path("accounts/login/", LoginView.as_view()),
    path("notify/", include("crm_notify.urls")),
    path("calls/", log_call),
]
