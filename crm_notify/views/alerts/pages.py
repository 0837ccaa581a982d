"""The page of a person's warnings, open and past, and the JSON that every page polls."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from crm_notify import api
from crm_notify.channels.places import place_of, staff_page
from crm_notify.desk.sight import may_view
from crm_notify.models import Alert, Notification
from crm_notify.views.alerts.answers import for_people, for_scripts, payload, private
from crm_notify.views.alerts.closings import page_of_past
from crm_notify.views.alerts.frame import PAGE_MARK, UNFOLDED, apart_of, frame, live
from crm_notify.views.alerts.region import region_of, settled_in_words
from crm_notify.views.alerts.standing import standing
from crm_notify.views.alerts.values import Problem

#: Past warnings on one page.
PAGE = 25
#: What a page says while it is not kept up to date; for front ends that have no template of ours.
STALE = {
    "offline": _("The server does not answer: these warnings may be out of date."),
    "signed-out": _("You are no longer logged in: these warnings may be out of date."),
}
#: What stands beside a form that did not get through, until it is sent again.
UNSENT = _("The server did not answer: this may not have been sent. Try again.")


@for_people
@require_safe
def alerts(request: HttpRequest) -> HttpResponse:
    """All warnings of whoever is logged in; ``?before=ID`` turns the pages of the past ones.

    ``?incident=ID`` shows what is folded into that incident one by one.
    """
    return _page(request, here=request.get_full_path(), before=_before(request))


@for_scripts
@require_safe
def alerts_json(request: HttpRequest) -> HttpResponseBase:
    """What stands open, as data and as HTML; 304 where that is what the asker has.

    ``?unfolded=1`` has the HTML hold all of them, ``?incident=ID`` has those of that incident
    one by one. Reads the session and writes nothing but that the asker is here, once in five
    minutes.
    """
    stands = standing(request.user, apart=apart_of(request))
    answer = get_conditional_response(request, etag=stands.etag)
    if answer is None:
        region = region_of(request.user, stands, unfolded=UNFOLDED in request.GET)
        stale = {which: str(words) for which, words in STALE.items()}
        said = {"stale": stale, "unsent": str(UNSENT)}
        answer = JsonResponse({**payload(region), **live(), **said})
    answer["ETag"] = stands.etag
    return private(answer)


def refused(request: HttpRequest, problem: Problem, *, here: str, status: int) -> HttpResponse:
    """The page with a form that was refused, why, and all that had been typed into it."""
    return _page(request, here=here, problem=problem, status=status)


def _page(
    request: HttpRequest,
    *,
    here: str,
    before: Alert | None = None,
    problem: Problem | None = None,
    status: int = 200,
) -> HttpResponse:
    past = page_of_past(request.user, before=before, size=PAGE)
    shown = past[:PAGE]
    context = {
        **frame(request, unfolded=True, here=here, problem=problem),
        # The tag in a host's own base template then leaves the warnings to this page.
        PAGE_MARK: True,
        "problem": problem,
        "past": settled_in_words(request.user, shown),
        "older": shown[-1].pk if len(past) > PAGE else None,
        "newest": before is None,
        "all_url": _all_url(request.user),
    }
    return private(render(request, "crm_notify/alerts/page.html", context, status=status))


def _all_url(user: Any) -> str:
    """Where he sees everybody's, if he may; Django's admin lets in only whoever is staff."""
    if not may_view(user, Notification):
        return ""
    is_staff = getattr(user, "is_staff", False)
    return place_of(Notification) if is_staff else staff_page(Notification)


def _before(request: HttpRequest) -> Alert | None:
    """The past warning after which the page begins; 404 where the asker has no such one."""
    given = request.GET.get("before")
    if given is None:
        return None
    if not given.isascii() or not given.isdigit():
        raise Http404("There is no such page.")
    return get_object_or_404(api.past_alerts(request.user), pk=int(given))
