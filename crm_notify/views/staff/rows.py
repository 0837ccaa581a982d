"""The page of one row: what is known of it, its story, and what can be done about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.messages import constants as levels
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm_notify.channels.places import staff_page
from crm_notify.desk.acts import Act, acts_for, do, form, typed_in
from crm_notify.desk.desk import Desk
from crm_notify.desk.installations import INSTALLATIONS, switches
from crm_notify.desk.marks import Text
from crm_notify.desk.notifications import NOTIFICATIONS
from crm_notify.desk.receipts import RECEIPTS
from crm_notify.desk.story import story_context
from crm_notify.exceptions import CrmNotifyError, NotAllowed
from crm_notify.views.staff.facts import label_of, value_of
from crm_notify.views.staff.frame import show
from crm_notify.views.staff.guard import row_of
from crm_notify.views.staff.places import act_url, body_url
from crm_notify.views.staff.said import say


@dataclass(frozen=True, kw_only=True)
class Refused:
    """An act that was not done, why, and what had been typed."""

    act: Act
    why: str
    typed: str


def row_view(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """What is known of it."""
    return _page(request, desk, row_of(request, desk, pk))


def act_view(request: HttpRequest, desk: Desk, pk: int, name: str) -> HttpResponse:
    """Do one act about one row, and go back to its page; refused, it is shown with the reason."""
    act = next((act for act in desk.acts if act.name == name), None)
    row = row_of(request, desk, pk)
    if act is None:
        raise Http404
    if not act.allowed(request.user, row):
        raise PermissionDenied
    back = HttpResponseRedirect(staff_page(desk.model, pk))
    if not act.possible(row):
        said = _("Nothing was done: it is not needed any more.")
        return say(request, back, [(levels.WARNING, said)])
    text = typed_in(request)
    if blank := act.refuse_blank(text):
        return _page(request, desk, row, Refused(act=act, why=blank, typed=text))
    try:
        said = do(act, row, request.user, text)
    except NotAllowed as error:
        raise PermissionDenied(str(error)) from error
    except CrmNotifyError as error:
        return _page(request, desk, row, Refused(act=act, why=str(error), typed=text))
    return say(request, back, [(levels.SUCCESS, said)])


def _page(
    request: HttpRequest, desk: Desk, row: Any, refused: Refused | None = None
) -> HttpResponse:
    acts = acts_for(desk.acts, request.user, row)
    context = {
        "title": desk.heading or f"{capfirst(str(desk.model._meta.verbose_name))} #{row.pk}",
        "original": row,
        "sections": _sections(request, desk, row),
        "acts": acts,
        "act_forms": [_form(desk, act, row, refused) for act in acts],
        "refused": refused,
        # What an act refused is not in the row any more: then its form is not offered either.
        "is_offered": refused is not None and refused.act in acts,
        **_more(request, desk, row),
    }
    template = "story" if desk is NOTIFICATIONS else "row"
    return show(request, desk, template, context, status=200 if refused is None else 400)


def _form(desk: Desk, act: Act, row: Any, refused: Refused | None) -> Any:
    url = act_url(desk, row.pk, act.name)
    if refused is None or refused.act is not act:
        return form(act, row, url)
    return form(act, row, url, problem=refused.why, typed=refused.typed)


def _sections(
    request: HttpRequest, desk: Desk, row: Any
) -> list[tuple[Text, list[tuple[Text, Text]]]]:
    return [
        (title, [(label_of(desk.model, one), value_of(row, one)) for one in shown])
        for title, shown in desk.sections(row, request.user)
    ]


def _more(request: HttpRequest, desk: Desk, row: Any) -> dict[str, Any]:
    """What only some pages show."""
    if desk is NOTIFICATIONS:
        return story_context(row, request.user, staff_page)
    if desk is INSTALLATIONS:
        return {"switches": switches(row)}
    return {"body_url": body_url(row.pk)} if desk is RECEIPTS else {}
