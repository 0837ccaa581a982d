"""A host's scope that remembers who was in it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

#: In the order in which they were entered, each with how deep it stood.
entered: list[tuple[str | None, int]] = []
_here = threading.local()


def now() -> list[str | None]:
    """Those around this moment in this thread, the innermost last."""
    stack: list[str | None] = _here.__dict__.setdefault("stack", [])
    return stack


@contextmanager
def remembered(tenant: str | None) -> Iterator[None]:
    entered.append((tenant, len(now())))
    now().append(tenant)
    try:
        yield
    finally:
        now().pop()


def generator(tenant: str | None) -> Iterator[None]:
    """What somebody writes who forgets the decorator."""
    yield


def broken(tenant: str | None) -> Any:
    raise LookupError(f"There is no tenant {tenant!r}.")


def only_within(execute: Callable[..., Any], sql: Any, *given: Any) -> Any:
    """Round each query: it is made within some scope, or it is a mistake."""
    assert now(), f"outside of every scope: {sql}"
    return execute(sql, *given)
