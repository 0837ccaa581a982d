"""Whether the host's database routers keep together what must be in one database."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.core.checks import CheckMessage, Error
from django.db import connections, router
from django.db.models import Model

from crm_notify import database
from crm_notify.conf import Settings
from crm_notify.models import Activity


def check_routing(conf: Settings) -> Iterator[CheckMessage]:
    """Our rows point at users and content types, by keys that a database must hold."""
    here = database.alias()
    users: type[Model] = get_user_model()
    ours: list[type[Model]] = list(apps.get_app_config("crm_notify").get_models())
    strays = [model for model in [*ours, users] if router.db_for_write(model) != here]
    needed: list[type[Model]] = [*ours, users, ContentType]
    missing = [
        model
        for model in needed
        if model not in strays and not router.allow_migrate_model(here, model)
    ]
    if strays or missing:
        named = ", ".join(sorted(model._meta.label for model in [*strays, *missing]))
        yield Error(
            f"Our tables are in the database {here!r}, and by DATABASE_ROUTERS these that they "
            f"belong with are not: {named}.",
            hint='Route and migrate "crm_notify", "contenttypes" and the app of AUTH_USER_MODEL '
            "to one database. Your records may be in another.",
            id="crm_notify.E055",
        )
        return
    user, activity = users(), Activity()
    user._state.db = activity._state.db = here
    if not router.allow_relation(user, activity):
        yield Error(
            "A router forbids that our rows point at users, so nothing could be recorded.",
            hint="Let its allow_relation() return True, or None, where one of the two is of "
            '"crm_notify".',
            id="crm_notify.E055",
        )
    if conf.STREAM_DATABASE and conf.STREAM_DATABASE in connections:
        yield from _listening(conf.STREAM_DATABASE, here)


def _listening(there: str, here: str) -> Iterator[CheckMessage]:
    """Another way to the same database is meant (its pooler is passed by), never another one."""
    names = {connections[alias].settings_dict["NAME"] for alias in (there, here)}
    if len(names) > 1:
        yield Error(
            f"Pages listen at {there!r}, another database than that of our tables, {here!r}: "
            "they would hear nothing.",
            hint='Leave CRM_NOTIFY["STREAM_DATABASE"] out.',
            id="crm_notify.E057",
        )
