"""What a person does about his warning: each form has its address, its answer and its refusal."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from crm_notify.exceptions import NotAllowed, RefusedInput
from crm_notify.models import Alert
from crm_notify.views.alerts import acts
from crm_notify.views.alerts.answers import for_people, private, safe_next, wants_json
from crm_notify.views.alerts.pages import refused
from crm_notify.views.alerts.posted import read_json
from crm_notify.views.alerts.values import Problem
from crm_notify.views.asking import View

#: The field of each form in which something is typed, for the page on which it was refused.
_TYPED = {"correct": "address", "told": "how", "hand_over": "to"}


def _view(action: str, act: acts.Act) -> View:
    def view(request: HttpRequest, pk: int) -> HttpResponseBase:
        try:
            read_json(request)
        except RefusedInput as error:
            # Whoever posts JSON is a script, whatever it accepts.
            return private(JsonResponse({"error": str(error)}, status=400))
        return _answer(request, pk, action, act)

    return for_people(require_POST(view))


acknowledge = _view("acknowledge", acts.acknowledge)
resend = _view("resend", acts.resend)
correct = _view("correct", acts.correct)
told = _view("told", acts.told)
snooze = _view("snooze", acts.snooze)
hand_over = _view("hand_over", acts.hand_over)


def _answer(request: HttpRequest, pk: int, action: str, act: acts.Act) -> HttpResponseBase:
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
            typed=request.POST.get(_TYPED.get(action, ""), ""),
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
