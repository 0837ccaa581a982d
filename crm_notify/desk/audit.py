"""Who did what: a line in our log, and an entry in the admin's where the admin is installed."""

from __future__ import annotations

import logging
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

logger = logging.getLogger(__name__)

#: As django.contrib.admin.models has it, which cannot be imported where it is not installed.
CHANGE = 2


def audit(user: Any, row: Model, said: str, *, act: str) -> None:
    """Write down that ``user`` did ``act`` about ``row``; ``said`` is what came of it, in words."""
    note(user, type(row), act=act, said=said, pk=row.pk, named=str(row))


def note(user: Any, model: type[Model], *, act: str, said: str, named: str, pk: Any = None) -> None:
    """The same about many rows of a kind, which ``named`` sums up."""
    # Words may hold addresses, and a log is read by many: it has the keys only.
    logger.info("crm_notify: user %s: %s, %s %s", user.pk, act, model._meta.model_name, pk or "")
    if apps.is_installed("django.contrib.admin"):
        apps.get_model("admin", "LogEntry").objects.create(
            user=user,
            content_type=ContentType.objects.get_for_model(model, for_concrete_model=False),
            object_id=pk,
            object_repr=named[:200],
            action_flag=CHANGE,
            change_message=said,
        )
