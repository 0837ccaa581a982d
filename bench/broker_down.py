"""What a broker that is down costs the host's save: `python -m bench.broker_down`.

Fails where the first save pays more than the ceiling for waking, or a later one anything at all.
"""

from __future__ import annotations

import os
import socket
import sys
import time

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from celery import Celery
from django.contrib.auth import get_user_model
from django.test.utils import override_settings, setup_databases, setup_test_environment

from crm_notify import api, queue
from tests import settings

#: Seconds: WAKE_TIMEOUT and what the save itself costs.
CEILING = 0.3
SAVE = 0.1


def main() -> int:
    """Measure one broker that refuses, one that never answers; say so, and return the status."""
    setup_test_environment()
    setup_databases(verbosity=0, interactive=False)
    silent = socket.create_server(("127.0.0.1", 0))
    urls = {
        "refuses": "redis://127.0.0.1:1/0",
        "never answers": f"redis://127.0.0.1:{silent.getsockname()[1]}/0",
    }
    users = get_user_model().objects
    janet, john = (users.create_user(name, f"{name}@example.com") for name in ("janet", "john"))
    failed = False
    with override_settings(CRM_NOTIFY={**settings.CRM_NOTIFY, "WAKE": True}):
        for name, url in urls.items():
            Celery("bench", broker=url).set_current()
            # Once in a process: Celery loads its settings and its transport.
            save(janet, john)
            first, second = (min(costs) for costs in zip(*measure(janet, john), strict=True))
            print(f"a broker that {name}: {first:.3f} s, then {second:.3f} s")
            failed = failed or first > CEILING + SAVE or second > SAVE
    return int(failed)


def measure(janet: object, john: object) -> list[tuple[float, float]]:
    """A save that finds the broker down and the one after it, three times over."""
    costs = []
    for _ in range(3):
        queue._quiet_until = 0.0
        costs.append((save(janet, john), save(janet, john)))
    return costs


def save(janet: object, john: object) -> float:
    begun = time.monotonic()
    api.record_activity(actor=janet, verb="called", target=john, recipients=[john])  # type: ignore[arg-type]
    return time.monotonic() - begun


if __name__ == "__main__":
    sys.exit(main())
