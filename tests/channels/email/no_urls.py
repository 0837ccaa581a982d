"""A host that has not mounted our URLs."""

from __future__ import annotations

from typing import Any

urlpatterns: list[Any] = []
