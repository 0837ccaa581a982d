"""Where the admin's links lead: to the pages of the same site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.urls import reverse


@dataclass(frozen=True)
class SiteWay:
    """The pages of the site of this name; there may be several."""

    site: str

    def __call__(self, model: type[Model], pk: Any = None) -> str:
        what = "changelist" if pk is None else "change"
        return self.page(model, what, *([] if pk is None else [pk]))

    def page(self, model: type[Model], what: str, *args: Any) -> str:
        """Another page of the site about rows of this kind."""
        name = f"{self.site}:{model._meta.app_label}_{model._meta.model_name}_{what}"
        return reverse(name, args=args)

    @property
    def home(self) -> str:
        """Where the site begins."""
        return reverse(f"{self.site}:index")
