"""Acts: buttons on a row's page, each POST only, with a permission and an entry in the log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm_notify import database
from crm_notify.admin.base import ReadOnlyAdmin
from crm_notify.admin.marks import Text
from crm_notify.exceptions import CrmNotifyError, NotAllowed


@dataclass(frozen=True, kw_only=True)
class Act:
    """One thing that a person may do about a row.

    ``run`` gets the row, the user and what he typed, does it, and returns the sentence for the
    log; it raises CrmNotifyError where it cannot be done. Where ``ask`` is empty nothing is typed.
    """

    name: str
    label: Text
    run: Callable[[Any, Any, str], str]
    #: (user, row): whether he may; who may not sees no button, and a request of his is refused.
    allowed: Callable[[Any, Any], bool]
    #: (row): whether it makes sense now; reads nothing but the row.
    possible: Callable[[Any], bool]
    #: (row): in bulk it is done once for all rows that give the same.
    once: Callable[[Any], Any] = lambda row: row.pk
    #: (row): what a list of those that were picked calls it.
    named: Callable[[Any], str] = str
    ask: Text = ""
    #: (row): what could be typed, each with why; a button fills it in.
    suggest: Callable[[Any], Sequence[tuple[str, Text]]] = lambda row: ()
    kind: str = "text"
    hint: Text = ""
    #: Together with its entry in the log; not where it may have to ask over the network.
    in_transaction: bool = True

    def refuse_blank(self, text: str) -> str:
        """What to say where something has to be typed and was not; else an empty string."""
        return _("Nothing was done: fill in “%s”.") % self.ask if self.ask and not text else ""


class ActingAdmin(ReadOnlyAdmin):
    """An admin whose rows' pages carry acts."""

    acts: tuple[Act, ...] = ()

    def get_urls(self) -> list[URLPattern]:
        # An act has its own transaction, or none: a host's ATOMIC_REQUESTS would be around it.
        view = database.non_atomic_requests(self.admin_site.admin_view(require_POST(self.act_view)))
        name = f"{self.opts.app_label}_{self.opts.model_name}_act"
        return [path("<int:pk>/act/<slug:name>/", view, name=name), *super().get_urls()]

    def acts_for(self, user: Any, row: Any) -> list[Act]:
        """The acts that this user can do about this row now."""
        return [act for act in self.acts if act.possible(row) and act.allowed(user, row)]

    def do(self, request: HttpRequest, row: Any, act: Act, text: str) -> str:
        """Do it and write it into the log, both or neither; return what was done."""
        with database.atomic() if act.in_transaction else nullcontext():
            said = act.run(row, request.user, text)
            self.log_change(request, row, said)
        return said

    def act_view(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """Do one act about one row, and go back to its page."""
        act = next((act for act in self.acts if act.name == name), None)
        row = self.get_object(request, str(pk))
        if act is None or row is None:
            raise Http404
        if not (self.has_view_permission(request, row) and act.allowed(request.user, row)):
            raise PermissionDenied
        self.message_user(request, *self._done(request, row, act))
        page = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return HttpResponseRedirect(reverse(page, args=[pk], current_app=self.admin_site.name))

    def _done(self, request: HttpRequest, row: Any, act: Act) -> tuple[str, int]:
        """The message to the user, and its level."""
        if not act.possible(row):
            return _("Nothing was done: it is not needed any more."), messages.WARNING
        text = request.POST.get("text", "").strip()
        if blank := act.refuse_blank(text):
            return blank, messages.ERROR
        try:
            return self.do(request, row, act, text), messages.SUCCESS
        except NotAllowed as error:
            raise PermissionDenied(str(error)) from error
        except CrmNotifyError as error:
            return str(error), messages.ERROR

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = context["original"]
        context["acts"] = self.acts_for(request.user, row)
        context["act_forms"] = [(act, act.suggest(row)) for act in context["acts"]]
        context["act_url"] = f"admin:{self.opts.app_label}_{self.opts.model_name}_act"
        return super().render_change_form(request, context, *args, **kwargs)
