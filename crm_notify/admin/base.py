"""What all pages of this admin share: they are only read, and cost little on large tables."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from crm_notify.admin.notices import notices
from crm_notify.admin.paging import CappedPaginator
from crm_notify.steps.allow import of_his_tenants


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows are written by the steps alone; what people do goes through acts."""

    list_per_page = 50
    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    # A click on a column would sort the table by something that has no index.
    sortable_by = ()
    #: Whether what every admin must know stands above its list.
    has_notices = False

    class Media:
        css = {"all": ["crm_notify/admin.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Of every list, page and act: what belongs to his tenants."""
        return of_his_tenants(super().get_queryset(request), request.user)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        site, user = self.admin_site.name, request.user
        above = notices(site=site, user=user) if self.has_notices else []
        return super().changelist_view(request, {"notices": above, **(extra_context or {})})

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
