"""Declared tracking: models, fields, paths and functions that are not there, and no actor."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings as django_settings
from django.core.checks import CheckMessage, Error, Warning

from crm_notify.conf import Settings
from crm_notify.exceptions import SettingsError
from crm_notify.rules.tracking import URGENCIES
from crm_notify.steps.tracking.bind import Tracked, bind
from crm_notify.steps.tracking.tell import may_be_told
from crm_notify.steps.tracking.walk import AnyModel, function, is_path, survey

MIDDLEWARE = "crm_notify.middleware.ActingUserMiddleware"


def check_tracking(conf: Settings) -> Iterator[CheckMessage]:
    bound, mistakes = bind(conf)
    for mistake in mistakes:
        yield _error(mistake.id, mistake.label, mistake.says, mistake.hint)
    for item in bound:
        yield from _ways(item)
    if conf.TRACK and not conf.CURRENT_USER and MIDDLEWARE not in django_settings.MIDDLEWARE:
        yield Warning(
            "Nobody acts in what is tracked: every failure goes straight to the admins.",
            hint=f'Add "{MIDDLEWARE}" to MIDDLEWARE, or set CRM_NOTIFY["CURRENT_USER"] = '
            '"dotted.path" of a function that returns the user.',
            id="crm_notify.W044",
        )


def _error(id: str, label: str, says: str, hint: str) -> Error:
    return Error(f'CRM_NOTIFY["TRACK"][{label!r}]: {says}', hint=hint, id=f"crm_notify.{id}")


def _ways(item: Tracked) -> Iterator[Error]:
    """Paths that lead nowhere, or to what is not wanted there, and functions that are not."""
    entry = item.entry
    wanted = [("tell", given) for given in entry.tell or ()]
    wanted += [(key, getattr(entry, key)) for key in ("on", "text", "link")]
    if entry.urgency not in URGENCIES:
        wanted.append(("urgency", entry.urgency))
    for key, given in wanted:
        try:
            if given:
                _look(key, item.model, given)
        except SettingsError as error:
            hint = f"Type a path from {item.label}, or the dotted path of a function."
            yield _error("E043", item.label, f'"{key}": {error}.', hint)


def _look(key: str, model: AnyModel, given: str) -> None:
    if not is_path(model, given) and "." in given and key != "on":
        function(given)
        return
    way = survey(model, given)
    if key == "tell" and way.end is not None and not may_be_told(way.end):
        raise SettingsError(f"{given!r} leads to {way.end._meta.label}, which is no user")
    if key == "on" and way.many:
        raise SettingsError(f"{given!r} leads to several records, and an activity is about one")
