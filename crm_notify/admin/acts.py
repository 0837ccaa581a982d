"""Acts in the admin: buttons on a row's page, each POST only, with a permission and an entry."""

from __future__ import annotations

from typing import Any

from django import VERSION
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm_notify import database
from crm_notify.admin.way import SiteWay
from crm_notify.conf import get_settings
from crm_notify.desk.acts import Act, acts_for, do, form, typed_in
from crm_notify.desk.desk import Desk
from crm_notify.exceptions import CrmNotifyError, NotAllowed
from crm_notify.steps.allow import has

#: From this Django on the way to a page is a list of items.
CRUMBS_ARE_ITEMS = (6, 1)


class ActingAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """An admin whose rows' pages carry the acts of a desk."""

    desk: Desk
    way: SiteWay

    def get_urls(self) -> list[URLPattern]:
        # An act has its own transaction, or none: a host's ATOMIC_REQUESTS would be around it.
        view = database.non_atomic_requests(self.admin_site.admin_view(require_POST(self.act_view)))
        name = f"{self.opts.app_label}_{self.opts.model_name}_act"
        return [path("<int:pk>/act/<slug:name>/", view, name=name), *super().get_urls()]

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether it stands in the site's index and menus; who may look at it is another matter."""
        return get_settings().ADMIN_MENU and super().has_module_permission(request)

    def crumbs(self, request: HttpRequest, *, in_list: bool = False) -> dict[str, Any] | None:
        """Where a page that stands in no menu leads back to; None where Django's own does."""
        if self.has_module_permission(request):
            return None
        here = "" if in_list else self.way(self.model)
        return {"home": self.way.home, "list": here, "are_items": VERSION >= CRUMBS_ARE_ITEMS}

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Who may act on many at once."""
        return has(request.user, self.desk.changes)

    def act_view(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """Do one act about one row, and go back to its page."""
        act = next((act for act in self.desk.acts if act.name == name), None)
        row = self.get_object(request, str(pk))
        if act is None or row is None:
            raise Http404
        if not (self.has_view_permission(request, row) and act.allowed(request.user, row)):
            raise PermissionDenied
        self.message_user(request, *self._done(request, row, act))
        return HttpResponseRedirect(self.way(self.model, pk))

    def _done(self, request: HttpRequest, row: Any, act: Act) -> tuple[str, int]:
        """The message to the user, and its level."""
        if not act.possible(row):
            return _("Nothing was done: it is not needed any more."), messages.WARNING
        text = typed_in(request)
        if blank := act.refuse_blank(text):
            return blank, messages.ERROR
        try:
            return do(act, row, request.user, text), messages.SUCCESS
        except NotAllowed as error:
            raise PermissionDenied(str(error)) from error
        except CrmNotifyError as error:
            return str(error), messages.ERROR

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = context["original"]
        context["acts"] = acts_for(self.desk.acts, request.user, row)
        context["act_forms"] = [
            form(act, row, self.way.page(self.model, "act", row.pk, act.name))
            for act in context["acts"]
        ]
        return super().render_change_form(request, context, *args, **kwargs)
