"""What every message needs to be written: its reader's language, and links that can be opened."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

import idna
from django.conf import settings as django_settings
from django.urls import NoReverseMatch, get_script_prefix, reverse, set_script_prefix
from django.utils import translation
from django.utils.encoding import iri_to_uri

from crm_notify.conf import Settings
from crm_notify.models import Notification

logger = logging.getLogger(__name__)


def language_of(notification: Notification, conf: Settings) -> str:
    """The recipient's language as the host says, else that of the site.

    Not the language that happens to be active: this runs in a worker, or in anybody's request.
    """
    ask = conf.function("LANGUAGE")
    if ask is not None and notification.recipient is not None:
        try:
            return translation.get_supported_language_variant(str(ask(notification.recipient)))
        except LookupError:
            pass  # None, or a language that the site does not have.
        except Exception:
            logger.exception("crm_notify: LANGUAGE failed; the mail goes out in the site's")
    return site_language()


def site_language() -> str:
    """The site's language as its addresses spell it: "en" where LANGUAGE_CODE is "en-us"."""
    try:
        return translation.get_supported_language_variant(django_settings.LANGUAGE_CODE)
    except LookupError:
        return django_settings.LANGUAGE_CODE


def link(base: str, url: str) -> str:
    """An address that a mail program can open, in ASCII (RFC 3986), or an empty string."""
    try:
        parts = urlsplit(urljoin(base, url))
        host, colon, port = parts.netloc.partition(":")
        if not (url and host and parts.scheme in {"https", "http"}):
            return ""
        netloc = parts.netloc if parts.netloc.isascii() else f"{ascii_domain(host)}{colon}{port}"
    except ValueError:
        return ""
    return iri_to_uri(urlunsplit(parts._replace(netloc=netloc)))


def page(name: str, *args: Any, urlconf: str | None = None) -> str:
    """The path of the page of this name, or an empty string where it is not mounted."""
    try:
        return reverse(name, args=args, urlconf=urlconf)
    except (NoReverseMatch, ImportError):
        return ""


def page_in_mail(conf: Settings, name: str, *args: Any) -> str:
    """The whole address of this page, in the language that is active; empty where there is none.

    Whoever sends the mail may be a worker, which no web server has told its SCRIPT_NAME, or a
    request to another host name, with a URLconf of its own: neither has a say in it.
    """
    before = get_script_prefix()
    named = urlsplit(conf.BASE_URL).path.rstrip("/") or django_settings.FORCE_SCRIPT_NAME
    set_script_prefix(named or "/")
    try:
        return link(conf.BASE_URL, page(name, *args, urlconf=conf.urlconf))
    finally:
        set_script_prefix(before)


def ascii_domain(domain: str) -> str:
    """Return a domain as it stands in the DNS; raises idna.IDNAError."""
    return domain if domain.isascii() else idna.encode(domain, uts46=True).decode("ascii")
