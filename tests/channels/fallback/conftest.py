"""A gateway on loopback that answers as it is told, and Apprise set up to speak to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.support.send_api import Call, Reply, SendApi

Gateway = Callable[[Callable[[Call], Reply]], SendApi]


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """Start one that answers each call as the given function says."""
    with ExitStack() as running:
        yield lambda answer: running.enter_context(SendApi(answer))
