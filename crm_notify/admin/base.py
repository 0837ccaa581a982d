"""A desk as Django's admin shows it: only read, and at little cost on large tables."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from crm_notify.admin.acts import ActingAdmin
from crm_notify.admin.bulk import bulk_action
from crm_notify.admin.changelist import ExplainedList
from crm_notify.admin.columns import bound
from crm_notify.admin.paging import CappedPaginator
from crm_notify.admin.way import SiteWay
from crm_notify.desk.notices import notices
from crm_notify.desk.sight import may_view


class DeskAdmin(ActingAdmin):
    """Rows are written by the steps alone; what people do goes through acts."""

    list_per_page = 50
    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    # A click on a column would sort the table by something that has no index.
    sortable_by = ()

    class Media:
        css = {"all": ["crm_notify/desk.css", "crm_notify/admin.css"]}

    def __init__(self, model: Any, admin_site: admin.AdminSite) -> None:
        desk = self.desk
        self.way = SiteWay(admin_site.name)
        self.list_display = [bound(column, self.way) for column in desk.columns]
        self.actions = [bulk_action(act) for act in desk.bulk]
        super().__init__(model, admin_site)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return self.desk.rows(super().get_queryset(request), request.user)

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return (f"-{self.desk.order(request.GET.dict())}",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return self.desk.search(queryset, search_term), False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ExplainedList]:
        return ExplainedList

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return [
            (title or None, {"fields": [bound(one, self.way) for one in shown]})
            for title, shown in self.desk.sections(obj, request.user)
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context: dict[str, Any] = {"crumbs": self.crumbs(request, in_list=True)}
        if self.desk.has_notices:
            context["notices"] = notices(self.way, request.user)
        if self.desk.title:
            context["title"] = self.desk.title
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["crumbs"] = self.crumbs(request)
        if self.desk.heading:
            context["title"], context["subtitle"] = self.desk.heading, None
        return super().render_change_form(request, context, *args, **kwargs)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"crumbs": self.crumbs(request), **(extra_context or {})}
        return super().history_view(request, object_id, context)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) and may_view(request.user, self.model)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is deleted here; but a user's own page asks whether his rows may go with him."""
        match = request.resolver_match
        here = f"{self.opts.app_label}_{self.opts.model_name}_"
        if match is None or (match.url_name or "").startswith(here):
            return False
        return super().has_delete_permission(request, obj)
