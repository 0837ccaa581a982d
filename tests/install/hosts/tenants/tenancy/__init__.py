"""For whom we work just now, as Python and as PostgreSQL know it."""

from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection

EVERYBODY = "*"
_current = ContextVar("tenant", default="")


def now():
    """The tenant's name; empty where it is nobody's business."""
    return _current.get()


def seen_by(member):
    """The tenants whose rows a member may see."""
    return [member.tenant]


@contextmanager
def within(tenant):
    """Show PostgreSQL's policies this tenant within the block; None: all of them."""
    before = _current.get()
    token = _current.set(tenant or "")
    _tell(EVERYBODY if tenant is None else tenant)
    try:
        yield
    finally:
        _current.reset(token)
        _tell(before)


def _tell(tenant):
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('harbour.tenant', %s, false)", [tenant])
