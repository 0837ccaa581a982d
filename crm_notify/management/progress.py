"""A bar for those who watch; nothing where nobody does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click  # comes with Celery


@contextmanager
def bar(stream: Any, *, length: int, label: str) -> Iterator[Callable[[int], None]]:
    """Show how far it is, on a terminal; the value is called with how much more is done."""
    watched = stream.isatty()
    with click.progressbar(
        length=max(length, 1), label=label, file=stream if watched else None, hidden=not watched
    ) as shown:
        yield shown.update
