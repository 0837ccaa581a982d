"""Sales are kept apart; everything else is in the database that Django calls the default."""

from __future__ import annotations

from typing import Any


class Router:
    """Each database has all the tables, so that no test depends on which are made where."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return "apart" if model._meta.app_label == "sales" else "default"

    db_for_write = db_for_read

    def allow_relation(self, first: Any, second: Any, **hints: Any) -> bool:
        return True
