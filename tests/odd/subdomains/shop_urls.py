"""A shop that knows nothing of the CRM; its orders are records, and it sends the mail at once."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from crm_notify.steps.deliver import deliver


def order(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(deliver()))


urlpatterns = [path("order/", order)]
