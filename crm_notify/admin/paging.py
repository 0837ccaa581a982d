"""Pages of a list that may hold a million rows: nothing is counted past a thousand."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

#: How many rows of a list can be leafed through; who looks for more narrows the list.
MOST = 1000


class CappedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts at most ``MOST`` rows, so that a page costs the same however many there are."""

    object_list: QuerySet[Any]

    @cached_property
    def count(self) -> int:
        """How many rows can be leafed through."""
        return min(self._counted, MOST)

    @property
    def is_capped(self) -> bool:
        """Whether there are more rows than were counted."""
        return self._counted > MOST

    @cached_property
    def _counted(self) -> int:
        # Without its order and its columns, the list is counted as cheaply as it can be.
        return self.object_list.order_by().values("pk")[: MOST + 1].count()
