"""Receipts: their bytes as a file, and the page on which a window of them is read again."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from crm_notify import database
from crm_notify.admin.base import DeskAdmin
from crm_notify.desk.notices import notices
from crm_notify.desk.receipts import body_of, may_replay
from crm_notify.desk.replay.page import Front, replay_view


class ReceiptAdmin(DeskAdmin):
    """The body is never shown, only handed over as a file of plain text."""

    def get_urls(self) -> list[URLPattern]:
        body = self.admin_site.admin_view(require_safe(self.body_view))
        # Each receipt is a transaction of its own, and reading may ask over the network.
        replay = database.non_atomic_requests(self.admin_site.admin_view(self.replay_view))
        return [
            path("<int:pk>/body/", body, name="crm_notify_receipt_body"),
            path("replay/", replay, name="crm_notify_receipt_replay"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = dict(extra_context or {})
        if may_replay(request.user):
            context["replay_url"] = self.way.page(self.model, "replay")
        return super().changelist_view(request, context)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["body_url"] = self.way.page(self.model, "body", context["original"].pk)
        return super().render_change_form(request, context, *args, **kwargs)

    def body_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The bytes as they came."""
        receipt = self.get_object(request, str(pk))
        if receipt is None:
            raise Http404
        if not self.has_view_permission(request, receipt):
            raise PermissionDenied
        return body_of(receipt)

    def replay_view(self, request: HttpRequest) -> HttpResponse:
        """Have a window read again."""
        if not (self.has_view_permission(request) and may_replay(request.user)):
            raise PermissionDenied

        def show(context: dict[str, Any]) -> HttpResponse:
            request.current_app = self.admin_site.name
            given = {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "media": self.media,
                "notices": notices(self.way, request.user),
                **context,
            }
            return TemplateResponse(request, "admin/crm_notify/receipt/replay.html", given)

        return replay_view(
            request,
            Front(
                url=self.way.page(self.model, "replay"),
                way=self.way,
                show=show,
                say=lambda level, said: self.message_user(request, said, level),
            ),
        )
