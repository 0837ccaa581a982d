"""Pages of a list, each found where the one before ended: nothing is counted or skipped over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, datetime
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.dateparse import parse_datetime

SIZE = 50
#: The parameter that says after which row a page begins.
BEFORE = "before"
#: No database holds a longer number.
DIGITS = 18


@dataclass(frozen=True, kw_only=True)
class Page:
    """The rows; ``before`` is what the next page is asked for by, empty where there is none."""

    rows: list[Any]
    before: str


def page_of(rows: QuerySet[Any], order: str, given: str) -> Page:
    """The page that begins after ``given``, downwards by the field ``order``."""
    if given:
        rows = rows.filter(_after(order, given))
    by = ["-pk"] if order == "pk" else [f"-{order}", "-pk"]
    found = list(rows.order_by(*by)[: SIZE + 1])
    shown = found[:SIZE]
    return Page(rows=shown, before=_mark(shown[-1], order) if len(found) > SIZE else "")


def _mark(row: Any, order: str) -> str:
    if order == "pk":
        return str(row.pk)
    when: datetime = getattr(row, order)
    return f"{row.pk}_{when.isoformat()}"


def _after(order: str, given: str) -> Q:
    number, _, moment = given.partition("_")
    if not (number.isascii() and number.isdigit() and len(number) <= DIGITS):
        raise Http404("There is no such page.")
    if order == "pk":
        return Q(pk__lt=int(number))
    when = _read(moment)
    return Q(**{f"{order}__lt": when}) | Q(**{order: when, "pk__lt": int(number)})


def _read(moment: str) -> datetime:
    try:
        when = parse_datetime(moment)
    except ValueError:
        when = None
    if when is None or timezone.is_aware(when) is not settings.USE_TZ:
        raise Http404("There is no such page.")
    # At the ends of the calendar another time zone's moment cannot be written.
    if not MINYEAR < when.year < MAXYEAR:
        raise Http404("There is no such page.")
    return when
