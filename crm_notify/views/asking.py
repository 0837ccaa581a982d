"""Who asks: whom the session knows, else whom the host's function finds by a token."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.module_loading import import_string
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from crm_notify.conf import get_settings
from crm_notify.extras import load

logger = logging.getLogger(__name__)

View = Callable[..., HttpResponseBase]

#: Schemes whose credentials a browser sends by itself once somebody has typed them, whatever page
#: it is that makes it ask (RFC 7617, 7616 and 4559).
AMBIENT = frozenset({"basic", "digest", "negotiate", "ntlm"})


def asker(request: HttpRequest) -> Any:
    """Who asks, or None. Whom a token names is then ``request.user``, as whom a session names is.

    The session comes first: what a cookie proves is held to its CSRF token.
    """
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return user
    named = _named(request)
    if named is None or not named.is_authenticated or not named.is_active:
        return None
    request.user = named
    return named


def _named(request: HttpRequest) -> Any:
    """Whom the host's function finds; nobody where it fails, and the log says why."""
    authenticate = get_settings().function("AUTHENTICATE")
    try:
        return authenticate(request) if authenticate is not None else None
    except Exception:
        logger.exception("crm_notify: AUTHENTICATE failed, so nobody is let in")
        return None


def rest_framework(request: HttpRequest) -> Any:
    """For ``AUTHENTICATE``: whom the REST framework's own default authentication finds, or None."""
    views = load("rest_framework.views", extra="drf")
    exceptions = load("rest_framework.exceptions", extra="drf")
    try:
        return views.APIView().initialize_request(request).user
    except exceptions.APIException:
        return None


def asked(view: View, *, otherwise: Callable[[HttpRequest], HttpResponseBase]) -> View:
    """Let ``view`` see only those who are known; the others get what ``otherwise`` answers.

    Nobody can make another's browser send a token in a header, so that needs no CSRF token. What
    browsers send by themselves, such as a cookie or a typed password, does.
    """
    protected = csrf_protect(view)

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        known = getattr(request, "user", None)
        if asker(request) is None:
            return otherwise(request)
        by_token = request.user is not known and _holds_a_token(request)
        return (view if by_token or not _is_protecting() else protected)(request, *args, **kwargs)

    return csrf_exempt(guarded)


def _holds_a_token(request: HttpRequest) -> bool:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return bool(token) and scheme.lower() not in AMBIENT


def _is_protecting() -> bool:
    """Whether the host asks for CSRF tokens at all; one that does not sets no cookie for them."""
    return _protects(tuple(settings.MIDDLEWARE))


@functools.lru_cache(maxsize=4)
def _protects(middleware: tuple[str, ...]) -> bool:
    classes = (import_string(path) for path in middleware)
    return any(isinstance(one, type) and issubclass(one, CsrfViewMiddleware) for one in classes)
