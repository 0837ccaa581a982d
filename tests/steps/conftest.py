"""What several steps' tests need."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from crm_notify.models import Notification
from crm_notify.steps.deliver import deliver
from crm_notify.steps.interpret import interpret
from tests.posts import UNKNOWN_USER, sparkpost, token_of


@pytest.fixture
def bounce(post: Callable[..., Any]) -> Callable[..., None]:
    """One request that says of these mails that their address does not exist."""

    def report(*rows: Notification) -> None:
        deliver()
        post([sparkpost(token_of(row), "bounce", **UNKNOWN_USER) for row in rows])
        interpret()

    return report
