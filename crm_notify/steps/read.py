"""Read one receipt: what it says becomes events, each once; the rest has a reason why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.utils import timezone

from crm_notify import database
from crm_notify.channels.webhooks import parse
from crm_notify.models import Event, Incident, Receipt
from crm_notify.rules.news import Unreadable
from crm_notify.rules.text import printable
from crm_notify.steps.hear import event_of, event_of_mail
from crm_notify.steps.incident import note_incident
from crm_notify.steps.match import Clues
from crm_notify.steps.note import Noted, note


@dataclass(frozen=True, kw_only=True)
class Understood:
    """What a receipt says, and the parts of it that nobody could read."""

    pairs: list[tuple[Event, Clues]]
    unreadable: tuple[Unreadable, ...]

    @property
    def reasons(self) -> str:
        """Why parts could not be read; empty where all could."""
        return "; ".join(part.error for part in self.unreadable)


def understand(receipt: Receipt) -> Understood:
    """Parse it. To be called with no transaction open: a provider may have to be asked."""
    parsed = parse(receipt.posted())
    pairs = [event_of(heard, provider=receipt.provider, receipt=receipt) for heard in parsed.heard]
    pairs += [
        event_of_mail(mail, provider=receipt.provider, receipt=receipt) for mail in parsed.mails
    ]
    return Understood(pairs=pairs, unreadable=parsed.unreadable)


def read(receipt: Receipt) -> Noted:
    """Read it, or read it again: what is known already changes nothing.

    What was read once stays so, though a later reading may fail. Raises what ``parse`` raises.
    """
    understood = understand(receipt)
    with database.atomic():
        noted = note(understood.pairs)
        first = receipt.state != Receipt.State.READ
        write(
            receipt,
            state=Receipt.State.READ,
            due_at=None,
            error="",
            read_at=timezone.now(),
            new=F("new") + noted.new,
            repeated=noted.repeated if first else F("repeated"),
            parked=noted.parked if first else F("parked"),
        )
        if understood.unreadable and first:
            # The rest has gone on; a person looks at this.
            give_up(receipt, understood.reasons, count=len(understood.unreadable))
    return noted


def give_up(receipt: Receipt, reason: str, *, count: int = 1) -> None:
    """It waits for a person from now on."""
    error = printable(reason, 1000)
    write(receipt, state=Receipt.State.FAILED, due_at=None, error=error)
    note_incident(
        Incident.Kind.UNREADABLE,
        subject=receipt.provider,
        sample=f"receipt {receipt.pk}: {error}",
        count=count,
    )


def write(receipt: Receipt, **fields: Any) -> None:
    """Write these fields and nothing else: a body may have 25 MiB."""
    Receipt.objects.filter(pk=receipt.pk).update(**fields)
