"""Hand what is posted to the webhooks to them, and all else to the host's own application."""

from __future__ import annotations

from typing import Any

from django.core.handlers.asgi import get_script_prefix
from django.core.handlers.wsgi import get_path_info

from crm_notify.exceptions import SettingsError
from crm_notify.intake.handlers import ASGIWebhooks, WSGIWebhooks


def with_webhooks(application: Any, *, at: str) -> Any:
    """The host's WSGI application, with the webhooks at this path in front of it.

    Raises SettingsError where the path does not begin and end with a stroke.
    """
    _check(at)
    webhooks = WSGIWebhooks(at)

    def dispatch(environ: dict[str, Any], start_response: Any) -> Any:
        chosen = webhooks if get_path_info(environ).startswith(at) else application
        return chosen(environ, start_response)

    return dispatch


def with_webhooks_asgi(application: Any, *, at: str) -> Any:
    """The same for ASGI. What is not HTTP, such as a websocket, is the host's."""
    _check(at)
    webhooks = ASGIWebhooks(at)

    async def dispatch(scope: dict[str, Any], receive: Any, send: Any) -> None:
        ours = scope["type"] == "http" and _path(scope).startswith(at)
        await (webhooks if ours else application)(scope, receive, send)

    return dispatch


def _path(scope: dict[str, Any]) -> str:
    """As Django's own handler finds it."""
    path: str = scope["path"]
    return path.removeprefix(get_script_prefix(scope))


def _check(at: str) -> None:
    if not (at.startswith("/") and at.endswith("/") and len(at) > 1):
        raise SettingsError(f'at={at!r}: write it as in at="/notify/webhooks/".')
