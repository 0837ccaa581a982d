"""What waits for a commit, in a test whose transaction never commits."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from crm_notify import queue
from crm_notify.channels.base import is_in_transaction

logger = logging.getLogger(__name__)


@contextmanager
def committed() -> Iterator[None]:
    """At the end, run what the block has left to be done after commit; wake no worker.

    As ``TestCase.captureOnCommitCallbacks(execute=True)``, for every database, and each callback
    once even where the two are nested. Where a transaction is open that is not the test's own, its
    callbacks are left to it.
    """
    with mock.patch.object(queue, "_publish"):
        begun = {one.alias: len(one.run_on_commit) for one in _wrapped_in_a_test()}
        yield
        for connection in _wrapped_in_a_test():
            _run(connection, begun.get(connection.alias, 0))


def _wrapped_in_a_test() -> list[BaseDatabaseWrapper]:
    known = connections.all(initialized_only=True)
    return [one for one in known if one.in_atomic_block and not is_in_transaction(one)]


def _run(connection: BaseDatabaseWrapper, begun: int) -> None:
    while len(connection.run_on_commit) > begun:
        # Taken out, so that nobody runs it a second time.
        entry: Any = connection.run_on_commit.pop(begun)
        _, callback, robust = entry
        try:
            callback()
        except Exception:
            if not robust:
                raise
            logger.exception("A robust callback failed after commit")
