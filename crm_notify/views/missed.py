"""What was meant for whoever is logged in and did not reach him, in words and as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from crm_notify import api
from crm_notify.channels.opening import open_path
from crm_notify.conf import get_settings
from crm_notify.models import Notification
from crm_notify.rules.text import printable
from crm_notify.views.alerts import wording
from crm_notify.views.alerts.answers import for_scripts, private

#: How many are listed; more than these are only counted.
LISTED = 20


@dataclass(frozen=True, kw_only=True)
class Missed:
    """One piece of news that did not reach its recipient; ``url`` is where he opens it."""

    what: str
    target: str
    url: str
    why: str
    urgent: bool
    done_at: datetime

    @property
    def done(self) -> str:
        """When it was done."""
        return wording.moment(self.done_at)


@dataclass(frozen=True, kw_only=True)
class AllMissed:
    """What one person missed, urgent ones first, then the newest; ``count`` is of all of it."""

    count: int
    listed: list[Missed]

    @property
    def more(self) -> int:
        """How many are not listed."""
        return self.count - len(self.listed)


@for_scripts
@require_safe
def missed_json(request: HttpRequest) -> HttpResponse:
    """What did not reach the asker, as data."""
    missed = missed_of(request.user)
    return private(
        JsonResponse({"count": missed.count, "missed": [asdict(item) for item in missed.listed]})
    )


def missed_of(user: Any) -> AllMissed:
    """Read what ``user`` missed: one query, two where there is more than LISTED."""
    rows = api.missed(user).order_by(
        # "urgent" comes after "normal" in the alphabet.
        "-activity__urgency",
        "-activity__recorded_at",
        "-pk",
    )
    listed = [_in_words(row, user) for row in rows.defer("activity__text")[:LISTED]]
    count = len(listed) if len(listed) < LISTED else api.missed(user).count()
    return AllMissed(count=count, listed=listed)


def _in_words(row: Notification, user: Any) -> Missed:
    activity = row.activity
    place = {"address": printable(row.address, 320), "why": wording.why(row)}
    return Missed(
        what=wording.what(activity, viewer=user),
        target=printable(activity.target_label, 255),
        url=open_path(row.pk, get_settings()),
        why=gettext("%(address)s: %(why)s") % place if row.address else place["why"],
        urgent=activity.urgency == activity.Urgency.URGENT,
        done_at=activity.recorded_at,
    )
