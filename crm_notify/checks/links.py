"""Whether our URLs are where mails, pages and providers look for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module

from django.conf import settings as django_settings
from django.core.checks import CheckMessage, Error, Warning
from django.shortcuts import resolve_url
from django.urls import (
    LocalePrefixPattern,
    NoReverseMatch,
    URLResolver,
    get_resolver,
    get_script_prefix,
    get_urlconf,
    is_valid_path,
    reverse,
    set_urlconf,
)

from crm_notify.conf import Settings
from crm_notify.views.intake import webhook


def check_links(conf: Settings) -> Iterator[CheckMessage]:
    if not conf.BASE_URL.startswith(("https://", "http://")):
        yield Warning(
            "The mails have no links and cannot be unsubscribed from.",
            hint='Set CRM_NOTIFY["BASE_URL"] = "https://crm.example.com".',
            id="crm_notify.W013",
        )
    try:
        import_module(conf.urlconf)
    except ImportError as error:
        yield Error(
            f"There is no URLconf {conf.urlconf!r}, so the mails have no links: {error}",
            hint='Name the one that includes "crm_notify.urls" in CRM_NOTIFY["URLCONF"], or leave '
            "it out for ROOT_URLCONF.",
            id="crm_notify.E059",
        )
        return
    try:
        reverse("crm_notify:alerts", urlconf=conf.urlconf)
    except NoReverseMatch:
        yield Warning(
            "The URLs are not mounted: nothing can be heard and no warning shown.",
            hint='Add path("notify/", include("crm_notify.urls")) to your URLconf.',
            id="crm_notify.W014",
        )
    else:
        yield from _check_login(conf)
    found = list(_webhooks(get_resolver(conf.urlconf).url_patterns))
    if conf.WEBHOOK_SECRETS and found and all(found):
        yield Warning(
            "The webhooks have addresses in i18n_patterns only: without a language what a provider "
            "posts is redirected, and its body lost.",
            hint='Add path("notify/webhooks/", include("crm_notify.urls.webhooks")) to your '
            "URLconf, outside of i18n_patterns.",
            id="crm_notify.W058",
        )


def _check_login(conf: Settings) -> Iterator[CheckMessage]:
    """Whoever follows the link in a mail is asked for a log-in first."""
    if conf.AUTHENTICATE or _leads_somewhere(conf):
        return
    yield Warning(
        f"LOGIN_URL is {str(django_settings.LOGIN_URL)!r}, where there is no page: whoever opens "
        "the link in a mail without being logged in finds nothing.",
        hint='Set LOGIN_URL to the name of your log-in page, for example "login" or, for that of '
        'the admin, "admin:login" (another admin site has a name of its own).',
        id="crm_notify.W062",
    )


def _leads_somewhere(conf: Settings) -> bool:
    """Whether the log-in is on another site, or a page of this one by any of its URLconfs."""
    before = get_urlconf()
    try:
        for urlconf in (None, conf.urlconf):
            set_urlconf(urlconf)
            if _is_there():
                return True
    finally:
        set_urlconf(before)
    return False


def _is_there() -> bool:
    try:
        path = resolve_url(django_settings.LOGIN_URL)
    except NoReverseMatch:
        return False
    if path.startswith(("https://", "http://", "//")):
        return True
    path = path.partition("?")[0].partition("#")[0]
    prefix = get_script_prefix()
    if prefix != "/" and path.startswith(prefix):
        path = f"/{path.removeprefix(prefix)}"
    # Django itself redirects what is not found to the same below a language, or with a slash.
    paths = [path, f"/{LocalePrefixPattern().language_prefix}{path.lstrip('/')}"]
    if django_settings.APPEND_SLASH:
        paths += [f"{each}/" for each in paths]
    return any(is_valid_path(each) for each in paths)


def _webhooks(patterns: Iterable[object], language: bool = False) -> Iterator[bool]:
    """For each place at which webhooks are taken, whether its address demands a language."""
    for each in patterns:
        if isinstance(each, URLResolver):
            prefix = each.pattern
            demands = isinstance(prefix, LocalePrefixPattern) and prefix.prefix_default_language
            yield from _webhooks(each.url_patterns, language or demands)
        elif getattr(each, "callback", None) is webhook:
            yield language
