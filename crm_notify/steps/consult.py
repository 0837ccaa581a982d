"""Ask a function of the host; what ails it must not keep a failure from being told."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from crm_notify import database
from crm_notify.conf import get_settings

logger = logging.getLogger(__name__)

T = TypeVar("T")


def consult(name: str, user: Any, *, read: Callable[[Any], T], default: T) -> T:
    """What the function that the setting ``name`` points at says of this user.

    ``read`` takes its answer, and raises where that is none. Without such a function, and where it
    or its answer fails, it is ``default``; what failed is in the log. A query of its that fails
    spoils no transaction of ours.
    """
    if not getattr(get_settings(), name):
        return default
    try:
        ask = get_settings().function(name)
        assert ask is not None
        with database.savepoints():
            return read(ask(user))
    except Exception:
        logger.exception("crm_notify: %s failed for user %s", name, user.pk)
        return default
