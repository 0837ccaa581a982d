"""A desk: what is to be seen and done about one kind of row, as values that any front can show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet

from crm_notify.desk.acts import Act
from crm_notify.desk.filters import SEARCH, Filter, Given
from crm_notify.desk.marks import Text
from crm_notify.desk.sight import visible
from crm_notify.desk.way import Way
from crm_notify.rules.text import storable


@dataclass(frozen=True, kw_only=True)
class Column:
    """One thing to be read of a row that is more than a field of it."""

    name: str
    label: Text
    show: Callable[[Any, Way], Text]


#: A field's name, or more.
Shown = str | Column
#: What a row's page says: headings, each with what stands under it.
Sections = Sequence[tuple[Text, Sequence[Shown]]]


@dataclass(frozen=True, kw_only=True)
class Desk:
    """All that is known of one kind of row. Rows are written by the steps and the acts alone."""

    model: type[Model]
    #: Of its list in an address.
    slug: str
    columns: Sequence[Shown]
    #: (row, user): what its page says to him; nothing where the page is a story of its own.
    sections: Callable[[Any, Any], Sections]
    #: Above the list, and above a row; what Django calls them where empty.
    title: Text = ""
    heading: Text = ""
    #: What every page needs of a row, in no query of its own.
    join: tuple[str, ...] = ()
    #: What no page needs, or no list.
    defer: tuple[str, ...] = ()
    defer_in_list: tuple[str, ...] = ()
    #: What is known of each row beside its fields.
    annotate: Callable[[QuerySet[Any]], QuerySet[Any]] = lambda rows: rows
    #: Of the rows on one page of a list: in a constant number of queries.
    explain: Callable[[Sequence[Any]], None] = lambda rows: None
    #: The field by which a list is ordered, downwards: that of the index by which it is found.
    order: Callable[[Given], str] = lambda given: "pk"
    filters: tuple[Filter, ...] = ()
    #: (rows, what was typed); None: nothing can be looked for.
    find: Callable[[QuerySet[Any], str], QuerySet[Any]] | None = None
    find_help: Text = ""
    acts: tuple[Act, ...] = ()
    #: Acts upon many rows, and the permission for them.
    bulk: tuple[Act, ...] = ()
    changes: str = ""
    #: Whether what every admin must know stands above its list.
    has_notices: bool = False
    #: Where there is only one row: returns it.
    only: Callable[[], Model] | None = None

    def rows(self, rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
        """What this user may see, with what a page shows of it."""
        seen = self.annotate(visible(rows, user))
        # Without a name it would join everything.
        seen = seen.select_related(*self.join) if self.join else seen
        return seen.defer(*self.defer) if self.defer else seen

    def search(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Those that somebody means by what he typed."""
        wanted = storable(term).strip()
        return self.find(rows, wanted) if self.find and wanted else rows

    def listed(self, rows: QuerySet[Any], given: Given, user: Any) -> QuerySet[Any]:
        """What of ``rows`` a list shows that was asked for this; in no order."""
        for one in self.filters:
            rows = one.apply(rows, given, user)
        rows = self.search(rows, given.get(SEARCH, ""))
        return rows.defer(*self.defer_in_list) if self.defer_in_list else rows
