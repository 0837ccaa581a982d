"""What a person does about his warning: acknowledge it, send again, say how somebody was told."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from crm_notify import api
from crm_notify.exceptions import NotAllowed, RefusedInput
from crm_notify.models import Alert
from crm_notify.rules.text import has_control, printable
from crm_notify.views.alerts.answers import for_people, private, safe_next, wants_json
from crm_notify.views.alerts.pages import refused
from crm_notify.views.alerts.values import Problem
from crm_notify.views.alerts.wording import name_of

#: Does what was asked, and says in words what was done. Raises RefusedInput or NotAllowed.
Act = Callable[[HttpRequest, Alert], str]


@for_people
@require_POST
def acknowledge(request: HttpRequest, pk: int) -> HttpResponseBase:
    """ "I have seen it": the clock stops, the warning stays."""
    return _answer(request, pk, "acknowledge", _acknowledge)


@for_people
@require_POST
def resend(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send it again: to the recipient's address of today, or to the ``address`` of the form."""
    return _answer(request, pk, "resend", _resend)


@for_people
@require_POST
def told(request: HttpRequest, pk: int) -> HttpResponseBase:
    """State ``how`` the recipient was told; that closes the warning."""
    return _answer(request, pk, "told", _told)


def _acknowledge(request: HttpRequest, alert: Alert) -> str:
    api.acknowledge(alert, by=request.user)
    return gettext("Noted that you have seen it. It stays here until somebody was told.")


def _resend(request: HttpRequest, alert: Alert) -> str:
    address = request.POST.get("address")
    if address is not None and not address.strip():
        raise RefusedInput(gettext("Type the address."))
    if address is not None and has_control(address.strip()):
        raise RefusedInput(gettext("An address holds no line breaks or control characters."))
    sent = api.resend(alert.notification, by=request.user, address=address)
    return gettext("It is on its way to %(address)s.") % {"address": printable(sent.address, 320)}


def _told(request: HttpRequest, alert: Alert) -> str:
    api.state_told(alert.notification, by=request.user, how=request.POST.get("how", ""))
    return gettext("Noted how %(name)s was told.") % {"name": name_of(alert.notification)}


def _answer(request: HttpRequest, pk: int, action: str, act: Act) -> HttpResponseBase:
    """Act on the asker's own warning; anybody else's does not exist for him."""
    own = Alert.objects.select_related("notification__activity", "notification__recipient")
    alert = get_object_or_404(own, person=request.user, pk=pk)
    try:
        if alert.closed_at is None:
            said = act(request, alert)
        else:
            said = gettext("This was settled already.")
    except (RefusedInput, NotAllowed) as error:
        problem = Problem(
            alert_id=alert.pk,
            action=action,
            text=str(error),
            typed=request.POST.get("address" if action == "resend" else "how", ""),
            elsewhere="address" in request.POST,
        )
        return _refuse(request, problem, status=400 if isinstance(error, RefusedInput) else 403)
    return _done(request, said)


def _done(request: HttpRequest, said: str) -> HttpResponse:
    if wants_json(request):
        return private(JsonResponse({"message": said}))
    messages.success(request, said, fail_silently=True)
    return redirect(safe_next(request) or "crm_notify:alerts")


def _refuse(request: HttpRequest, problem: Problem, *, status: int) -> HttpResponse:
    if wants_json(request):
        return private(JsonResponse({"error": problem.text}, status=status))
    return refused(request, problem, here=safe_next(request), status=status)
