"""Puts a call or a note into a customer's history, and has whoever follows him told."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction

from crm_notify import api
from project.crm.models import Entry

VERBS = {Entry.Kind.CALL: "logged a call", Entry.Kind.NOTE: "wrote a note"}


@transaction.atomic
def log(entry: Entry, *, by: User) -> Entry:
    """Save `entry` as the word of `by`: it and the notifications about it, or neither of them."""
    entry.author = by
    entry.save()
    api.record_activity(
        actor=by,
        verb=VERBS[Entry.Kind(entry.kind)],
        target=entry.customer,
        text=entry.text,
        url=f"{entry.customer.get_absolute_url()}#{entry.key}",
        urgency="urgent" if entry.urgent else "normal",
        key=entry.key,
    )
    return entry
