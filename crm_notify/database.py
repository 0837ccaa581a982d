"""The one database of our tables, whatever routers, replicas and other databases the host has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, TypeVar

from django.apps import apps
from django.db import connections, models, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from crm_notify.conf import get_settings

View = TypeVar("View", bound=Callable[..., Any])


def alias() -> str:
    """Where our tables are written, and therefore also read and locked."""
    return router.db_for_write(apps.get_model("crm_notify", "Notification"))


def connection() -> BaseDatabaseWrapper:
    """This thread's connection to it."""
    return connections[alias()]


@contextmanager
def atomic(*, durable: bool = False) -> Iterator[None]:
    """As Django's, there. As a decorator it asks the routers anew at every call."""
    with transaction.atomic(using=alias(), durable=durable):
        yield


def on_commit(act: Callable[[], object], *, using: str | None = None) -> None:
    """Do it once the transaction that is open there has committed; what it raises is logged."""
    transaction.on_commit(act, using=using or alias(), robust=True)


def roll_back() -> None:
    """Let the innermost block end without a trace."""
    transaction.set_rollback(True, using=alias())


@contextmanager
def savepoints() -> Iterator[None]:
    """Around a function of the host's: a query of its that fails spoils no open transaction."""
    with ExitStack() as stack:
        stack.enter_context(atomic())
        for other in connections.all(initialized_only=True):
            if other.in_atomic_block and other.alias != alias():
                stack.enter_context(transaction.atomic(using=other.alias))
        yield


def elsewhere(target: models.Model) -> str | None:
    """The other database in whose open transaction this record is written; None where it is none.

    Only then the caller may yet roll back what we cannot roll back with him.
    """
    theirs = router.db_for_write(type(target), instance=target)
    return theirs if theirs != alias() and connections[theirs].in_atomic_block else None


def non_atomic_requests(view: View) -> View:
    """Keep this view out of ``ATOMIC_REQUESTS`` of every database."""
    for known in connections:
        view = transaction.non_atomic_requests(using=known)(view)
    return view


def stream_alias() -> str:
    """The database over which pages hear that there is news; empty where they only ask."""
    given = get_settings().STREAM_DATABASE
    return alias() if given is None else given
