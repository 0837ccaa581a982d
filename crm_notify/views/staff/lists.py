"""The list of a desk: filters, search, pages, and what can be done about many at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import urlencode

from crm_notify.channels.places import staff_page
from crm_notify.desk.desk import Desk
from crm_notify.desk.filters import SEARCH, Filter
from crm_notify.desk.marks import Text
from crm_notify.desk.receipts import RECEIPTS, may_replay
from crm_notify.steps.allow import has
from crm_notify.views.staff.facts import label_of, value_of
from crm_notify.views.staff.frame import name_of, show
from crm_notify.views.staff.paging import BEFORE, page_of
from crm_notify.views.staff.places import bulk_url, replay_url


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One choice of a filter: where it leads, and whether it is set."""

    url: str
    words: Text
    is_set: bool


@dataclass(frozen=True, kw_only=True)
class Filtered:
    """A filter as a page offers it; ``is_preset``: nobody has picked anything."""

    title: Text
    now: Text
    choices: list[Choice]
    is_preset: bool


def list_view(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The first page, or the one that ``?before=`` names."""
    if desk.only is not None:
        return HttpResponseRedirect(staff_page(desk.model, desk.only().pk))
    given = known(request.GET.dict(), desk)
    page = page_of(found(request, desk), desk.order(given), request.GET.get(BEFORE, ""))
    desk.explain(page.rows)
    labels = [label_of(desk.model, one) for one in desk.columns]

    def cells(row: Any) -> list[tuple[Text, Text]]:
        return [
            (label, value_of(row, one)) for label, one in zip(labels, desk.columns, strict=True)
        ]

    may_change = bool(desk.bulk) and has(request.user, desk.changes)
    context = {
        "title": desk.title or name_of(desk),
        "labels": labels,
        "rows": [(row, staff_page(desk.model, row.pk), cells(row)) for row in page.rows],
        "filters": [_filtered(one, given) for one in desk.filters if len(one.words()) > 1],
        "searches": desk.find is not None,
        "term": given.get(SEARCH, ""),
        "kept": [pair for pair in given.items() if pair[0] != SEARCH],
        "find_help": desk.find_help,
        "older": _query({**given, BEFORE: page.before}) if page.before else "",
        "latest": _query(given) if BEFORE in request.GET else "",
        "bulk": desk.bulk if may_change else (),
        "bulk_url": f"{bulk_url(desk)}{_query(given)}" if may_change else "",
        "replay_url": replay_url() if desk is RECEIPTS and may_replay(request.user) else "",
    }
    return show(request, desk, "list", context, in_list=True)


def known(given: Mapping[str, str], desk: Desk) -> dict[str, str]:
    """What a list of this desk is asked for; the rest of an address means nothing."""
    names = {SEARCH, *(one.name for one in desk.filters)}
    return {name: value for name, value in given.items() if name in names and value}


def found(request: HttpRequest, desk: Desk) -> QuerySet[Any]:
    """All rows that the address asks for, in no order."""
    rows = desk.rows(desk.model._default_manager.all(), request.user)
    return desk.listed(rows, request.GET.dict(), request.user)


def _filtered(one: Filter, given: Mapping[str, str]) -> Filtered:
    value = one.value(given)
    rest = {name: text for name, text in given.items() if name not in {one.name, *one.clears}}
    words = dict(one.words())
    return Filtered(
        title=one.title,
        now=words[value],
        is_preset=one.name not in given,
        choices=[
            Choice(url=_query({**rest, one.name: name}), words=word, is_set=name == value)
            for name, word in words.items()
        ],
    )


def _query(given: Mapping[str, str]) -> str:
    return f"?{urlencode(given)}" if given else "?"
