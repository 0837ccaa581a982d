"""Records here, people and what they are told there."""

from __future__ import annotations

from typing import Any

RECORDS = "elsewhere"


class Router:
    """As in Django's documentation: each app has its database."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return "default" if model._meta.app_label == RECORDS else "people"

    db_for_write = db_for_read

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return (db == "default") == (app_label == RECORDS)
