"""Whether the loop is alive, for monitors and load balancers, without a log-in."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future
from datetime import datetime
from time import monotonic
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connections
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from crm_notify import database
from crm_notify.exceptions import SettingsError
from crm_notify.rules.health import Condition, Wrong
from crm_notify.steps.allow import has
from crm_notify.steps.examine import examine

logger = logging.getLogger(__name__)

#: How long the database may take, in seconds, before it counts as down.
PATIENCE = 2.0
#: One question at a time in a process: of a database that hangs no more than one thread waits.
_asking = threading.Lock()


@login_not_required
@database.non_atomic_requests
@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """200 where all is well, else 503, and what kind of thing is wrong; no data of anybody's.

    ``?only=database,sweep`` looks at these kinds alone. Whoever is logged in and may see the
    installation (``crm_notify.view_installation``) has the details too. Seven queries.
    """
    only = {name for name in request.GET.get("only", "").split(",") if name}
    if unknown := sorted(only - set(Wrong)):
        kinds = ", ".join(Wrong)
        said = f"There is no {', '.join(unknown)} to look at; there are: {kinds}."
        return HttpResponse(said, status=400, content_type="text/plain; charset=utf-8")
    try:
        found = _examined()
    except SettingsError:
        logger.exception("crm_notify: the settings cannot be read")
        return _answer([Wrong.SETTINGS])
    except (Error, TimeoutError):
        logger.exception("crm_notify: the database does not answer")
        return _answer([Wrong.DATABASE])
    wrong = [kind for kind in found.wrong if not only or kind in only]
    return _answer(wrong, **({"details": _details(found)} if _may_see(request) else {}))


def _answer(wrong: list[Wrong], **more: Any) -> HttpResponse:
    told = {"status": "wrong" if wrong else "ok", "wrong": wrong, **more}
    return JsonResponse(told, status=503 if wrong else 200)


def _examined() -> Condition:
    """Look, for at most PATIENCE: no driver bounds every way in which a database can be slow.

    Raises TimeoutError, and what ``examine`` raises.
    """
    if database.connection().in_atomic_block:
        # Somebody's transaction is open, so the database is there.
        return examine()
    began = monotonic()
    if not _asking.acquire(timeout=PATIENCE):
        raise TimeoutError("An earlier question has had no answer yet.")
    answer: Future[Condition] = Future()
    asking = threading.Thread(target=_ask, args=[answer], name="crm_notify-health", daemon=True)
    try:
        asking.start()
    except RuntimeError as error:
        _asking.release()
        raise TimeoutError("No thread can be had.") from error
    return answer.result(timeout=max(0.0, began + PATIENCE - monotonic()))


def _ask(answer: Future[Condition]) -> None:
    try:
        answer.set_result(examine())
    except Exception as error:  # noqa: BLE001 - it is raised where it was asked for
        answer.set_exception(error)
    finally:
        connections.close_all()
        _asking.release()


def _may_see(request: HttpRequest) -> bool:
    """Asked only once the database has answered: it knows who is logged in."""
    user = getattr(request, "user", None)
    return user is not None and has(user, "view_installation", tenant="")


def _details(found: Condition) -> dict[str, Any]:
    def seconds(since: datetime | None) -> int | None:
        return None if since is None else round((found.now - since).total_seconds())

    return {
        "last_sweep": {"seconds_ago": seconds(found.swept_at), "by": found.swept_by},
        "waiting_for_seconds": {
            "queue": seconds(found.queue),
            "receipts": seconds(found.receipts),
            "alerts": seconds(found.alerts),
            "sinks": seconds(found.sinks),
        },
        "unread_receipts": found.unread,
        "held": list(found.held),
        "incidents": dict(found.incidents),
        "unproven_mailers": list(found.unproven),
        "silent_sinks": list(found.silent_sinks),
    }
