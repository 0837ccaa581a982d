"""Events of our own: a person's word, and the sweep's verdicts on time."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from crm_notify.models import Event
from crm_notify.rules.evidence import Kind
from crm_notify.rules.fingerprint import fingerprint
from crm_notify.steps.person import person

#: A notification's id, and its tenant.
Owned = tuple[int, str]


def verdict(about: Owned, kind: Kind, *, now: datetime, by: Any = None) -> Event:
    """An event that there can be once of its kind, whoever finds it out first; not yet saved."""
    return _own(about, kind, fingerprint("own", kind, str(about[0])), now=now, by=by)


def statement(about: Owned, kind: Kind, *, now: datetime, by: Any, text: str) -> Event:
    """What somebody says, as often as he says it; not yet saved."""
    event = _own(about, kind, fingerprint("own", kind, uuid4().hex), now=now, by=by)
    event.text = text
    return event


def _own(about: Owned, kind: Kind, name: str, *, now: datetime, by: Any) -> Event:
    notification, tenant = about
    return Event(
        tenant=tenant,
        notification_id=notification,
        author=by,
        author_name=person(by)[0] if by is not None else "",
        kind=kind,
        matched=Event.Matched.OWN,
        occurred_at=now,
        recorded_at=now,
        fingerprint=name,
    )
