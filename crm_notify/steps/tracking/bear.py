"""Bear what the host's own code does wrong: the rest goes on, and the admins hear of it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections, transaction

from crm_notify import database
from crm_notify.models import Incident
from crm_notify.rules.text import said
from crm_notify.steps.incident import note_incident

logger = logging.getLogger(__name__)


@contextmanager
def bearing(
    subject: str, *, about: str, may_raise: bool = False, using: str | None = None
) -> Iterator[None]:
    """What fails inside is an incident called ``subject``, and what it did is undone.

    A query that fails inside spoils no transaction that is open; where none is open there is
    nothing to spoil. With ``may_raise`` the failure goes on to the caller.
    """
    using = using or database.alias()
    try:
        if connections[using].in_atomic_block:
            with transaction.atomic(using=using):
                yield
        else:
            yield
    except Exception as error:
        if may_raise:
            raise
        logger.exception("crm_notify: %s failed (%s)", subject, about)
        tell_admins(subject, f"{about}: {said(error)}")


def tell_admins(subject: str, sample: str) -> None:
    """Open or count an incident of tracking; where even that cannot be, the log has it."""
    try:
        with database.atomic():
            note_incident(Incident.Kind.TRACKING, subject=subject, sample=sample)
    except Exception:
        # The database itself is down, or the host's transaction is broken already.
        logger.exception("crm_notify: this could not be noted: %s", subject)
