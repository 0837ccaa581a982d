"""Take in what was lost on the way: posts from files or from a provider's own log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from crm_notify import database
from crm_notify.models import Receipt
from crm_notify.queue import wake
from crm_notify.rules.news import Posted
from crm_notify.steps.receive import receipt_of


@dataclass(frozen=True, kw_only=True)
class Recovered:
    """What was taken in, as ids of receipts, and how many of the posts were here already."""

    receipts: list[int] = field(default_factory=list)
    known: int = 0


def recover(posts: Iterable[Posted]) -> Recovered:
    """Store these posts as receipts, each once, to be read like any other.

    A post whose bytes came the same way before is not stored again, so an import that broke off
    can simply be repeated. Two queries, whatever the number; its size is the caller's business.
    """
    fresh: dict[str, Receipt] = {}
    count = 0
    for posted in posts:
        count += 1
        fresh.setdefault(posted.digest, receipt_of(posted, verdict=Receipt.Verdict.IMPORTED))
    here = Receipt.objects.filter(digest__in=list(fresh)).exclude(
        # Whoever imports it vouches for what was refused when it came.
        state=Receipt.State.QUARANTINED
    )
    for digest in set(here.values_list("digest", flat=True)):
        del fresh[digest]
    with database.atomic():
        stored = Receipt.objects.bulk_create(fresh.values())
        if stored:
            wake("interpret")
    return Recovered(receipts=[row.pk for row in stored], known=count - len(stored))
