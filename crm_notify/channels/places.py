"""Where admins look: the host's admin sites with our models on them, else our own staff pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.utils.module_loading import import_string

from crm_notify.channels.wording import page
from crm_notify.conf import get_settings
from crm_notify.exceptions import SettingsError

Find = Callable[..., str]

DEFAULT = ("django.contrib.admin.site",)


def has_admin() -> bool:
    """Whether the host has Django's admin at all."""
    return apps.is_installed("django.contrib.admin")


def named_sites() -> tuple[str, ...]:
    """The dotted paths that the settings name; none where there is no admin to stand on."""
    try:
        return get_settings().ADMIN_SITES if has_admin() else ()
    except SettingsError:
        # Said by a check.
        return ()


def site_at(path: str) -> Any:
    """The admin site at a dotted path; raises SettingsError with what is wrong about it."""
    try:
        found = import_string(path)
    except ImportError as error:
        raise SettingsError(f'CRM_NOTIFY["ADMIN_SITES"] names {path!r}: {error}') from error
    if not all(hasattr(found, name) for name in ("name", "register", "is_registered", "urls")):
        raise SettingsError(f'CRM_NOTIFY["ADMIN_SITES"] names {path!r}, which is no AdminSite.')
    return found


def sites() -> Iterator[Any]:
    """The sites on which our models stand; what the settings name wrongly, the checks say."""
    if not has_admin():
        return
    for path in named_sites() or DEFAULT:
        try:
            yield site_at(path)
        except SettingsError:
            continue


def admin_page(site: Any, model: type[Model], pk: Any = None, *, find: Find = page) -> str:
    """The path of a row's page on a site, or of the list; empty where the site is not mounted."""
    what = "changelist" if pk is None else "change"
    name = f"{site.name}:{model._meta.app_label}_{model._meta.model_name}_{what}"
    return find(name, *([] if pk is None else [pk]))


def staff_page(model: type[Model], pk: Any = None, *, find: Find = page) -> str:
    """The path of our own page of a row, or of the list; empty where it is not mounted."""
    name = f"crm_notify:staff-{model._meta.model_name}"
    return find(f"{name}-list") if pk is None else find(name, pk)


def place_of(model: type[Model], pk: Any = None, *, find: Find = page) -> str:
    """Where an admin sees that: on the first site that is mounted, else on our own pages.

    ``find`` gives the address of a name, or an empty string.
    """
    found = (admin_page(site, model, pk, find=find) for site in sites())
    return next(filter(None, found), "") or staff_page(model, pk, find=find)
