"""Declared tracking: models, fields, paths and functions that are not there, and no actor."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings as django_settings
from django.core.checks import CheckMessage, Error, Warning

from crm_notify.conf import Settings
from crm_notify.steps.bind import bind

MIDDLEWARE = "crm_notify.middleware.ActingUserMiddleware"


def check_tracking(conf: Settings) -> Iterator[CheckMessage]:
    for mistake in bind(conf)[1]:
        yield Error(
            f'CRM_NOTIFY["TRACK"][{mistake.label!r}] is not tracked: {mistake.says}',
            hint=mistake.hint,
            id=f"crm_notify.{mistake.id}",
        )
    if conf.TRACK and not conf.CURRENT_USER and MIDDLEWARE not in django_settings.MIDDLEWARE:
        yield Warning(
            "Nobody acts in what is tracked: every failure goes straight to the admins.",
            hint=f'Add "{MIDDLEWARE}" to MIDDLEWARE, or set CRM_NOTIFY["CURRENT_USER"] = '
            '"dotted.path" of a function that returns the user.',
            id="crm_notify.W044",
        )
