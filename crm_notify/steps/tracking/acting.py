"""Who acts, in which request, and whether anybody is to hear of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model

from crm_notify.conf import get_settings

#: By model, key, database and tenant of a record: the activity that waits for the end, or None
#: where the record was made in between and that is not noticed.
Remembered = dict[tuple[str, str, str, str], int | None]


@dataclass(kw_only=True)
class Served:
    """One request, while it is served; what it has saved, and who it is that asks for it."""

    user: Callable[[], Any]
    remembered: Remembered = field(default_factory=dict)
    over: bool = False


# Context variables: each thread and each task has its own, so that the thread of an import has
# nobody, and an asynchronous view has the one of its request.
_served: ContextVar[Served | None] = ContextVar("crm_notify_served", default=None)
_untracked: ContextVar[bool] = ContextVar("crm_notify_untracked", default=False)


@contextmanager
def serving(user: Callable[[], Any]) -> Iterator[Served]:
    """For the middleware: inside, saves belong to this request. ``user`` is asked when needed."""
    served = Served(user=user)
    token = _served.set(served)
    try:
        yield served
    finally:
        # A task that the request has left behind still sees it.
        served.over = True
        _served.reset(token)


def request_now() -> Served | None:
    """The request that is served here, if there is one."""
    served = _served.get()
    return served if served is not None and not served.over else None


def acting_user() -> Any:
    """Who acts: as the host's CURRENT_USER says, else the request's user, else None."""
    ask = get_settings().function("CURRENT_USER")
    if ask is None:
        served = request_now()
        ask = served.user if served is not None else None
    user = ask() if ask is not None else None
    # A token may stand for somebody who is in no table of ours.
    known = isinstance(user, get_user_model()) and user.pk is not None
    return user if known else None


@contextmanager
def untracked() -> Iterator[None]:
    """Inside, no save is an activity: see ``crm_notify.api.untracked``."""
    token = _untracked.set(True)
    try:
        yield
    finally:
        _untracked.reset(token)


def is_untracked() -> bool:
    """Whether whoever saves here wants nobody to hear of it."""
    return _untracked.get()
