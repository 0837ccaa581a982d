"""An act upon many rows: how many it would be done for, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.messages import constants as levels
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from crm_notify.desk.acts import Act, do
from crm_notify.exceptions import CrmNotifyError

#: How many rows one request takes; the rest is still in the list afterwards.
MOST = 500
#: How many rows a page or a message names one by one.
NAMED = 10


@dataclass(frozen=True, kw_only=True)
class Question:
    """What an act would be done for: ``ready``; the others that were picked are left alone."""

    act: Act
    ready: Sequence[Any]
    left_alone: int
    #: How many were looked at, where more had been picked than one request takes; else 0.
    most: int

    @property
    def named(self) -> list[str]:
        """The first of them by name."""
        return [self.act.named(row) for row in self.ready[:NAMED]]

    @property
    def unnamed(self) -> int:
        """How many there are beside those."""
        return max(0, len(self.ready) - NAMED)


def question(picked: QuerySet[Any], act: Act) -> Question:
    """Look at those that were picked, as many as one request takes."""
    found = list(picked[: MOST + 1])
    chosen = found[:MOST]
    once: dict[Any, Any] = {}
    for row in chosen:
        if act.possible(row):
            once.setdefault(act.once(row), row)
    return Question(
        act=act,
        ready=list(once.values()),
        left_alone=len(chosen) - len(once),
        most=MOST if len(found) > MOST else 0,
    )


def answer(asked: Question, user: Any, text: str, *, picked: int) -> Iterator[tuple[int, str]]:
    """Act row by row, so that one failure stops no other; say what came of it, each at its level.

    ``picked``: how many the question was about; what has gone since needs nothing any more.
    """
    done, failed = 0, []
    for row in asked.ready:
        try:
            do(asked.act, row, user, text)
            done += 1
        except CrmNotifyError as error:
            failed.append(f"{asked.act.named(row)}: {error}")
    said = _("%(act)s: done for %(done)d of %(asked)d.")
    level = levels.SUCCESS if done == picked else levels.WARNING
    yield level, said % {"act": asked.act.label, "done": done, "asked": picked}
    for reason in failed[:NAMED]:
        yield levels.ERROR, reason
    if len(failed) > NAMED:
        yield levels.ERROR, _("And %d more could not be done.") % (len(failed) - NAMED)
