"""Whether our URLs are where mails, pages and providers look for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module

from django.core.checks import CheckMessage, Error, Warning
from django.urls import LocalePrefixPattern, NoReverseMatch, URLResolver, get_resolver, reverse

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
    found = list(_webhooks(get_resolver(conf.urlconf).url_patterns))
    if conf.WEBHOOK_SECRETS and found and all(found):
        yield Warning(
            "The webhooks have addresses in i18n_patterns only: without a language what a provider "
            "posts is redirected, and its body lost.",
            hint='Add path("notify/webhooks/", include("crm_notify.urls.webhooks")) to your '
            "URLconf, outside of i18n_patterns.",
            id="crm_notify.W058",
        )


def _webhooks(patterns: Iterable[object], language: bool = False) -> Iterator[bool]:
    """For each place at which webhooks are taken, whether its address demands a language."""
    for each in patterns:
        if isinstance(each, URLResolver):
            prefix = each.pattern
            demands = isinstance(prefix, LocalePrefixPattern) and prefix.prefix_default_language
            yield from _webhooks(each.url_patterns, language or demands)
        elif getattr(each, "callback", None) is webhook:
            yield language
