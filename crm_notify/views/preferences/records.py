"""The records about which a user has said something, as they are shown to him."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from django.urls import reverse
from django.utils.translation import gettext

from crm_notify.models import Subscription
from crm_notify.rules.text import printable
from crm_notify.views.alerts import wording

#: On one page; the newest wishes first.
SHOWN = 200


@dataclass(frozen=True, kw_only=True)
class Record:
    """One of them: ``followed``, or else kept from him; ``url`` is empty where none is known."""

    name: str
    url: str
    followed: bool
    forget: str


def records(wishes: Iterable[Subscription]) -> list[Record]:
    """Each by the name that it had when somebody last did something to it."""
    return [
        Record(
            name=_name(wish),
            url=wording.link(getattr(wish, "url", "") or ""),
            followed=wish.wanted,
            forget=reverse("crm_notify:preferences-forget", args=[wish.pk]),
        )
        for wish in islice(wishes, SHOWN)
    ]


def _name(wish: Subscription) -> str:
    label = printable(getattr(wish, "label", "") or "", 255)
    if label:
        return label
    kind = wish.target_type.name if wish.target_type is not None else gettext("record")
    return f"{kind} {printable(wish.target_id, 255)}"
