"""An act upon many rows of a list: it says how many before it acts."""

from __future__ import annotations

from typing import Any

from django.contrib.messages import constants as levels
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from crm_notify.channels.places import staff_page
from crm_notify.desk.acts import typed_in
from crm_notify.desk.bulk import Question, answer, question
from crm_notify.desk.desk import Desk
from crm_notify.steps.allow import has
from crm_notify.views.staff.frame import show
from crm_notify.views.staff.lists import found
from crm_notify.views.staff.paging import DIGITS
from crm_notify.views.staff.said import say

#: The field of each box that was ticked, and that of the box for all that the list holds.
PICKED, ALL = "picked", "all"


def many_view(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Ask on a page of its own, then act, and go back to the list."""
    act = next((act for act in desk.bulk if act.name == request.POST.get("action")), None)
    if act is None:
        raise Http404
    if not has(request.user, desk.changes):
        raise PermissionDenied
    asked = question(_picked(request, desk), act)
    back = HttpResponseRedirect(f"{staff_page(desk.model)}?{request.GET.urlencode()}")
    if not asked.ready:
        said = _("Nothing of this can be done to them.")
        return say(request, back, [(levels.WARNING, said)])
    if "confirmed" not in request.POST:
        return _ask(request, desk, asked)
    text = typed_in(request)
    if blank := act.refuse_blank(text):
        return _ask(request, desk, asked, problem=blank)
    picked = len(request.POST.getlist(PICKED))
    return say(request, back, answer(asked, request.user, text, picked=picked))


def _picked(request: HttpRequest, desk: Desk) -> QuerySet[Any]:
    rows = found(request, desk).order_by(f"-{desk.order(request.GET.dict())}")
    if ALL in request.POST and "confirmed" not in request.POST:
        return rows
    numbers = request.POST.getlist(PICKED)
    return rows.filter(pk__in=[one for one in numbers if one.isdecimal() and len(one) <= DIGITS])


def _ask(request: HttpRequest, desk: Desk, asked: Question, *, problem: str = "") -> HttpResponse:
    context = {
        "title": asked.act.label,
        "question": asked,
        "problem": problem,
        "checkbox": PICKED,
        "back_url": f"{staff_page(desk.model)}?{request.GET.urlencode()}",
    }
    return show(request, desk, "confirm", context, status=400 if problem else 200)
