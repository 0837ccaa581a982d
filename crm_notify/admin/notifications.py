"""The page of a notification tells its story."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from crm_notify.admin.base import DeskAdmin
from crm_notify.desk.story import story_context


class NotificationAdmin(DeskAdmin):
    """Written by the steps; here it is read, and people act on what failed."""

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return ()

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = context["original"]
        context.update(story_context(row, request.user, self.way))
        context["log_url"] = self.way.page(self.model, "history", row.pk)
        return super().render_change_form(request, context, *args, **kwargs)
