"""Tell the admins of requests with a wrong secret, without a write for each of them."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

from django.utils import timezone

from crm_notify.models import Incident, Receipt
from crm_notify.scope import scope
from crm_notify.steps.incident import note_incident

#: Seconds between two writes about one webhook by one process, however many are refused.
PAUSE = 60
#: For how long nothing must have come in with a right secret, to say that none does.
SILENCE = timedelta(hours=1)

_lock = threading.Lock()
#: By provider and via: when it was written down last, and how many were refused since.
_refused: dict[tuple[str, str], tuple[float, int]] = {}


def refuse(provider: str, via: str) -> None:
    """Count one request that had credentials, but wrong ones; the first one is told at once.

    Guessers cannot hide a secret that was changed on one side only: while right ones come too, it
    is another incident than where none does any more. To hold them apart nobody needs to know the
    secret. What was refused in the last minute may be missing in the count.
    """
    count = _due((provider, via))
    if not count:
        return
    with scope(None):
        _write_down(provider, via, count)


def _write_down(provider: str, via: str, count: int) -> None:
    # An import needs no secret.
    accepted = Receipt.objects.filter(
        provider=provider, via=via, received_at__gt=timezone.now() - SILENCE
    ).exclude(verdict=Receipt.Verdict.IMPORTED)
    if accepted.exists():
        subject = f"{provider} {via}, beside right ones"
        said = (
            "Others came with a right secret within the hour: somebody guesses, or one of several "
            f"webhooks of {provider} has another secret."
        )
    else:
        subject = f"{provider} {via}"
        said = (
            "None came with a right secret within the hour. If it was changed, give the new one to "
            f"{provider}, and add the old one to WEBHOOK_SECRETS until then: the refused are lost."
        )
    note_incident(Incident.Kind.REFUSED, subject=subject, sample=said, count=count)


def forget() -> None:
    """Begin to count anew."""
    with _lock:
        _refused.clear()


def _due(webhook: tuple[str, str]) -> int:
    """How many are to be written down now; 0 for a minute after it was done."""
    now = time.monotonic()
    with _lock:
        written_at, waiting = _refused.get(webhook, (now - PAUSE, 0))
        if now - written_at < PAUSE:
            _refused[webhook] = (written_at, waiting + 1)
            return 0
        _refused[webhook] = (now, 0)
        return waiting + 1
