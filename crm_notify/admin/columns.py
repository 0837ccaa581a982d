"""A desk's columns, as Django's admin calls them."""

from __future__ import annotations

from typing import Any

from crm_notify.desk.desk import Column, Shown
from crm_notify.desk.way import Way


class Bound:
    """A column that knows where its links lead; of the same name it is the same again."""

    def __init__(self, column: Column, way: Way) -> None:
        self.column, self.way = column, way
        self.__name__ = column.name
        self.short_description = column.label

    def __call__(self, row: Any) -> Any:
        return self.column.show(row, self.way)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Bound) and other.__name__ == self.__name__

    def __hash__(self) -> int:
        return hash(self.__name__)


def bound(shown: Shown, way: Way) -> Any:
    """A field by its name, or what the admin calls with the row."""
    return shown if isinstance(shown, str) else Bound(shown, way)
