"""What the host puts around work for one tenant, or for all, such as row-level security."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from crm_notify.conf import get_settings
from crm_notify.exceptions import SettingsError

P = ParamSpec("P")
T = TypeVar("T")

_NOTHING = nullcontext()


def scope(tenant: str | None) -> AbstractContextManager[Any]:
    """Enter the host's ``TENANT_SCOPE`` for this tenant; without that setting, nothing.

    ``None`` is the work of the system over all tenants; an empty name is a row of no tenant.
    What the host's manager sets on a connection is lost with that connection: it must not stand
    around anything that closes one, nor serve for another thread.
    """
    enter = get_settings().function("TENANT_SCOPE")
    if enter is None:
        return _NOTHING
    entered = enter(tenant)
    if not isinstance(entered, AbstractContextManager):
        raise SettingsError(
            'CRM_NOTIFY["TENANT_SCOPE"] must return a context manager: put '
            "@contextlib.contextmanager above the function."
        )
    return entered


def scope_of(tenant: str) -> AbstractContextManager[Any]:
    """As ``scope``, for what a host writes: of no tenant it is written as he may write just now."""
    return scope(tenant) if tenant else _NOTHING


def over_all_tenants(work: Callable[P, T]) -> Callable[P, T]:
    """Let each call of ``work`` be the system's."""

    @wraps(work)
    def entered(*args: P.args, **kwargs: P.kwargs) -> T:
        with scope(None):
            return work(*args, **kwargs)

    return entered
