"""Hint to a person's open pages that something changed; what it is they ask for by themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.crypto import salted_hmac

from crm_notify import database
from crm_notify.models import Alert

#: What pages' streams listen to, on PostgreSQL.
CHANNEL = "crm_notify"
#: In place of more names than one notice can carry (8,000 octets).
EVERYBODY = "*"
MOST = 400


def name_of(person: Any) -> str:
    """How hints name the user with this primary key: nobody without SECRET_KEY learns who it is."""
    return salted_hmac("crm_notify.hint", str(person), algorithm="sha256").hexdigest()[:16]


def hint(people: Iterable[Any]) -> None:
    """Hint that the pages of these users, given by primary key, show something else now.

    One query on PostgreSQL, which delivers it when the open transaction has committed, and nothing
    where it is rolled back; elsewhere none, and pages ask every POLL_INTERVAL. None is passed over.
    """
    connection = database.connection()
    if connection.vendor != "postgresql" or not database.stream_alias():
        return
    names = sorted({name_of(person) for person in people if person is not None})
    if not names:
        return
    payload = " ".join(names) if len(names) <= MOST else EVERYBODY
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload])


def hint_about(chains: Iterable[int]) -> None:
    """Hint to whoever has an open alert about one of these chains."""
    standing = Alert.objects.filter(chain__in=list(chains), closed_at=None)
    hint(standing.order_by().values_list("person", flat=True))
