"""A limit on what something may cost, that holds on a busy machine and under coverage."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator

# A tracer, such as coverage's, looks at every line; what counts is the speed without one.
TRACED = 6


@contextlib.contextmanager
def costs_at_most(seconds: float) -> Iterator[None]:
    """Fail when what runs inside takes this thread more seconds of processor time than that.

    Processor time, because the time on the wall is also that of whoever else is at work.
    """
    limit = seconds if sys.gettrace() is None else seconds * TRACED
    begin = time.thread_time()
    yield
    spent = time.thread_time() - begin
    assert spent < limit, f"it cost {spent:.2f} s of {limit:.2f} s"
