"""What a host's own things look like from inside, before and after; runs on the host's Python.

Prints JSON. It reads Django's private list of receivers, since nothing public tells it.
"""

from __future__ import annotations

import json
import logging
import signal
import socket
import sys
import threading
from typing import Any

import django
from django.apps import apps
from django.conf import settings
from django.core import mail
from django.db import connections
from django.db.models import signals
from django.utils import timezone, translation

OURS = "crm_notify"


def main() -> None:
    django.setup()
    json.dump(
        {
            "settings": settings_of_host(),
            "mailer": default_mailer(),
            "receivers": receivers(),
            "process": process(),
        },
        sys.stdout,
    )


def settings_of_host() -> dict[str, str]:
    return {name: repr(getattr(settings, name)) for name in dir(settings) if name.isupper()}


def default_mailer() -> str:
    """The class that the host's own mail goes out by, with its options."""
    mailers = getattr(mail, "mailers", None)
    mailer = mailers["default"] if mailers is not None else mail.get_connection()
    return repr((type(mailer).__module__, type(mailer).__qualname__, sorted(vars(mailer))))


def receivers() -> dict[str, list[str]]:
    """Who listens to each model of others than us, signal by signal."""
    names = ("pre_init", "post_init", "pre_save", "post_save", "pre_delete", "post_delete")
    found = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label == OURS:
            continue
        for name in (*names, "m2m_changed"):
            listening = [named(each) for each in flat(getattr(signals, name), model)]
            if listening:
                found[f"{model._meta.label} {name}"] = sorted(listening)
    return found


def flat(sent: Any, sender: Any) -> list[Any]:
    return [receiver for kind in sent._live_receivers(sender) for receiver in kind]


def named(receiver: Any) -> str:
    function = getattr(receiver, "__func__", receiver)
    return f"{function.__module__}.{getattr(function, '__qualname__', type(function).__name__)}"


def process() -> dict[str, Any]:
    """What a whole process has only one of."""
    root = logging.getLogger()
    return {
        "threads": sorted(thread.name for thread in threading.enumerate()),
        "logging": [root.level, logging.root.manager.disable, *map(str, root.handlers)],
        "signals": [
            str(signal.getsignal(number)).partition(" at ")[0]
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)
        ],
        "socket": socket.getdefaulttimeout(),
        "hooks": [str(sys.excepthook), str(threading.excepthook).partition(" at ")[0]],
        "language": translation.get_language(),
        "zone": str(timezone.get_current_timezone()),
        "connections": sorted(
            alias for alias in connections if connections[alias].connection is not None
        ),
    }


if __name__ == "__main__":
    main()
