"""Acts: what a person may do about a row, each with a permission and an entry in the log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from crm_notify import database
from crm_notify.desk.audit import audit
from crm_notify.desk.marks import Text
from crm_notify.rules.text import storable


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
    #: What can be chosen instead of typed, each value with its words; None: it is typed.
    pick: Callable[[], Sequence[tuple[str, Text]]] | None = None
    kind: str = "text"
    hint: Text = ""
    #: Together with its entry in the log; not where it may have to ask over the network.
    in_transaction: bool = True

    def refuse_blank(self, text: str) -> str:
        """What to say where something has to be typed and was not; else an empty string."""
        return _("Nothing was done: fill in “%s”.") % self.ask if self.ask and not text else ""


@dataclass(frozen=True, kw_only=True)
class Form:
    """An act as a page offers it."""

    act: Act
    url: str
    suggestions: Sequence[tuple[str, Text]] = ()
    choices: Sequence[tuple[str, Text]] = ()
    #: Why it was refused, and what had been typed.
    problem: Text = ""
    typed: str = ""


def acts_for(acts: Sequence[Act], user: Any, row: Any) -> list[Act]:
    """Those that this user can do about this row now."""
    return [act for act in acts if act.possible(row) and act.allowed(user, row)]


def form(act: Act, row: Any, url: str, *, problem: Text = "", typed: str = "") -> Form:
    """The form of an act about ``row``, which is sent to ``url``."""
    choices = act.pick() if act.pick is not None else ()
    return Form(
        act=act,
        url=url,
        suggestions=act.suggest(row),
        choices=choices,
        problem=problem,
        typed=typed,
    )


def typed_in(request: HttpRequest) -> str:
    """What was typed into a form, without blanks around it and what no database stores."""
    return storable(request.POST.get("text", "")).strip()


def do(act: Act, row: Any, user: Any, text: str) -> str:
    """Do it and write it into the log, both or neither; return what was done."""
    with database.atomic() if act.in_transaction else nullcontext():
        said = act.run(row, user, text)
        audit(user, row, said, act=act.name)
    return said
