"""Where links lead: each front has its own page for every row."""

from __future__ import annotations

from typing import Any, Protocol

from django.db.models import Model


class Way(Protocol):
    """The address of a row's page in the front that shows it; without a key that of the list."""

    def __call__(self, model: type[Model], pk: Any = None) -> str: ...
