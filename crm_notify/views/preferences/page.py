"""Show the page, save what was typed, and take back what was said about single records."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from crm_notify import database
from crm_notify.conf import get_settings
from crm_notify.steps.notice import notice
from crm_notify.steps.prefer import forget_wish, prefer, said_by, wishes_of
from crm_notify.views.alerts.answers import private
from crm_notify.views.asking import View, asked
from crm_notify.views.preferences.form import PreferencesForm
from crm_notify.views.preferences.records import records
from crm_notify.views.preferences.ways import filled, rows

#: What was done by the form that led here.
DONE = "done"


def _for_whoever_is_known(view: View) -> View:
    def otherwise(request: HttpRequest) -> HttpResponse:
        return private(redirect_to_login(request.get_full_path()))

    return login_not_required(asked(view, otherwise=otherwise))


@_for_whoever_is_known
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """What whoever is logged in has said of himself; a form that is right is saved as a whole."""
    notice(request.user)
    typed = request.POST if request.method == "POST" else None
    said = said_by(request.user)
    form = PreferencesForm(typed, user=request.user, said=said)
    asked = _asks_for_ways()
    ways = rows(typed, said.ways) if asked else None
    if typed is not None:
        # Both, so that all that is wrong is told at once.
        right = [form.is_valid(), ways is None or ways.is_valid()]
        if all(right):
            with database.atomic():
                prefer(request.user, form.said(filled(ways) if ways is not None else said.ways))
                form.save_wishes()
            return _back("saved")
    context = {
        "form": form,
        "ways": ways,
        "told_elsewhere": bool(get_settings().CHANNELS) and not asked,
        "wishes": records(wishes_of(request.user)),
        "done": request.GET.get(DONE) if typed is None else None,
        "refused": typed is not None,
        "product": get_settings().PRODUCT_NAME,
    }
    status = 400 if typed is not None else 200
    return private(render(request, "crm_notify/preferences.html", context, status=status))


@_for_whoever_is_known
@require_POST
def forget(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what he has said about one record: 404 where he has said no such thing."""
    if not forget_wish(request.user, pk):
        raise Http404("You have said no such thing.")
    return _back("forgotten")


def _asks_for_ways() -> bool:
    """Where the host knows how its users are reached they are not asked."""
    conf = get_settings()
    return bool(conf.CHANNELS) and not conf.ADDRESSES


def _back(done: str) -> HttpResponse:
    return private(redirect(f"{reverse('crm_notify:preferences')}?{DONE}={done}"))
