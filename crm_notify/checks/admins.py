"""Where admins look: the host's own sites, or our staff pages."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from importlib import import_module

from django.core.checks import CheckMessage, Error, Warning

from crm_notify.channels.places import admin_page, has_admin, place_of, site_at
from crm_notify.channels.wording import page
from crm_notify.conf import Settings
from crm_notify.exceptions import SettingsError
from crm_notify.models import Notification

MOUNT = 'Add path("notify/", include("crm_notify.urls")) to your URLconf'


def check_admins(conf: Settings) -> Iterator[CheckMessage]:
    if has_admin():
        for path in conf.ADMIN_SITES:
            yield from _site(path, conf)
    elif conf.ADMIN_SITES:
        yield Warning(
            'CRM_NOTIFY["ADMIN_SITES"] names admin sites, and django.contrib.admin is not in '
            "INSTALLED_APPS.",
            hint="Install it, or leave ADMIN_SITES out: our own pages at <mount>/staff/ do what "
            "the admin would.",
            id="crm_notify.W051",
        )
    if not _is_there(conf.urlconf):
        # Said elsewhere.
        return
    if not place_of(Notification, find=partial(page, urlconf=conf.urlconf)):
        yield Warning(
            "Admins can see and do nothing: neither an admin site nor our own staff pages are "
            "mounted.",
            hint=f"{MOUNT}: the staff pages stand at notify/staff/.",
            id="crm_notify.W053",
        )


def _is_there(urlconf: str) -> bool:
    try:
        import_module(urlconf)
    except ImportError:
        return False
    return True


def _site(path: str, conf: Settings) -> Iterator[CheckMessage]:
    try:
        site = site_at(path)
    except SettingsError as error:
        yield Error(
            str(error),
            hint='Name each AdminSite as it is imported: CRM_NOTIFY["ADMIN_SITES"] = '
            '["acme.admin.site"].',
            id="crm_notify.E050",
        )
        return
    if not admin_page(site, Notification, find=partial(page, urlconf=conf.urlconf)):
        yield Warning(
            f"The admin site {path!r} shows nothing of ours: it is not mounted, or its URLs were "
            "made before our models were on it.",
            hint="Make the site in a module of its own, such as acme/admin.py, and mount it with "
            'path("admin/", site.urls) in your URLconf.',
            id="crm_notify.W052",
        )
