"""Wake a step after commit. The row is the truth; a wake-up is only a hint.

A broker that is down never breaks the caller: publishing has a time limit, and after one failure
it is left alone for a while, since the sweep finds what nobody woke.
"""

from __future__ import annotations

import logging
import threading
import time

from celery import Celery, _state, current_app

from crm_notify import database
from crm_notify.conf import get_settings

logger = logging.getLogger(__name__)

_quiet_until = 0.0


def wake(step: str) -> None:
    """Ask for the task ``crm_notify.<step>`` once the open transaction has committed.

    However often a transaction asks for a step, one message is published. Never raises.
    """
    if not get_settings().WAKE or _already_asked(step):
        return

    def publish_woken_step() -> None:
        _publish(step)

    publish_woken_step.crm_notify_step = step  # type: ignore[attr-defined]
    database.on_commit(publish_woken_step)


def _already_asked(step: str) -> bool:
    """Look at what waits for this commit; what a rolled-back savepoint asked is gone from there."""
    waiting = database.connection().run_on_commit
    return any(getattr(entry[1], "crm_notify_step", None) == step for entry in waiting)


def _host_app() -> Celery:
    """The host's Celery app, in whatever thread of its web server this runs.

    Celery keeps the current app per thread: where the host has not called ``set_default``, other
    threads get an app named "default" that knows no broker of the host's.
    """
    app: Celery = current_app._get_current_object()  # type: ignore[attr-defined]
    if app.main != "default":
        return app
    known: set[Celery] = _state._get_active_apps()  # type: ignore[attr-defined]
    own = [app for app in known if app.main != "default"]
    return own[0] if len(own) == 1 else app


def _publish(step: str) -> None:
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return
    app = _host_app()
    signature = app.signature(f"crm_notify.{step}")
    if app.conf.task_always_eager:
        signature.apply_async()
        return
    limit = get_settings().WAKE_TIMEOUT.total_seconds()
    failure: list[Exception] = []

    def call_broker() -> None:
        global _quiet_until
        try:
            signature.apply_async(retry=False, ignore_result=True)
        except Exception as error:  # noqa: BLE001 - each transport has its own kinds
            failure.append(error)
        else:
            # Late or not, the broker answers: a process's first call loads the transport.
            _quiet_until = 0.0

    # No transport bounds every way in which a broker can be slow (DNS, connect, TLS, a full
    # disk), so the caller waits in its own time and leaves the thread behind.
    thread = threading.Thread(target=call_broker, name="crm_notify-wake", daemon=True)
    thread.start()
    thread.join(limit)
    if thread.is_alive() or failure:
        _quiet_until = time.monotonic() + get_settings().WAKE_PAUSE.total_seconds()
        logger.warning(
            "crm_notify could not wake %r through the broker; the sweep will find the work (%s)",
            step,
            failure[0] if failure else f"no answer in {limit} s",
        )
