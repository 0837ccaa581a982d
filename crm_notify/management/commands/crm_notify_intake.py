"""The switch of the intake, for whoever has a shell."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from crm_notify import api
from crm_notify.exceptions import RefusedInput
from crm_notify.management.asking import whoever_types
from crm_notify.management.saying import clock, counted
from crm_notify.models import Incident, Installation, Receipt
from crm_notify.scope import over_all_tenants

Kind = Incident.Kind

#: What may go wrong with what comes in.
TROUBLES = (
    Kind.REFUSED,
    Kind.SIGNATURE,
    Kind.EMPTY,
    Kind.UNREADABLE,
    Kind.INTAKE,
    Kind.PARKED,
    Kind.SILENT,
)


class Command(BaseCommand):
    """Hold, close or open the intake; without a word, say how it stands."""

    help = "Holds, closes or opens what comes in (webhooks and bounce mail), and says how it is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "state",
            nargs="?",
            choices=("hold", "close", "open"),
            help="hold: store, do not read. close: send away, to come again. open: read.",
        )
        parser.add_argument("--reason", default="", help="why; needed to hold and to close")

    @over_all_tenants
    def handle(self, *args: Any, state: str | None, reason: str, **options: Any) -> None:
        by = whoever_types()
        try:
            if state == "hold":
                api.hold_intake(by=by, reason=reason)
            elif state == "close":
                api.close_intake(by=by, reason=reason)
            elif state == "open":
                api.open_intake(by=by)
        except RefusedInput as error:
            raise CommandError(f'{error} Type --reason "...".') from error
        for lines in (_switch(api.installation()), _receipts(), _incidents()):
            for line in lines:
                self.stdout.write(line)


def _switch(row: Installation) -> Iterator[str]:
    yield f"The intake is {row.get_intake_display()}."
    if row.intake != Installation.Intake.OPEN and row.intake_changed_at is not None:
        since = clock(row.intake_changed_at)
        yield f"Since {since}, by {row.intake_changed_by}: {row.intake_reason}"


def _receipts() -> Iterator[str]:
    """How many wait for whom; each count has an index of its own."""

    def number(state: Receipt.State) -> int:
        return Receipt.objects.filter(state=state).count()

    yield f"To be read: {counted(number(Receipt.State.NEW), 'receipt')}."
    for state, label in (
        (Receipt.State.FAILED, "Could not be read"),
        (Receipt.State.QUARANTINED, "In quarantine"),
    ):
        if count := number(state):
            yield f"{label}: {counted(count, 'receipt')}; the admin shows why."


def _incidents() -> Iterator[str]:
    # That somebody turned the switch stands above.
    switched = Q(kind=Kind.INTAKE, subject="")
    open_ones = Incident.objects.filter(kind__in=TROUBLES, closed_at=None).exclude(switched)
    for incident in open_ones.order_by("first_at", "pk"):
        about = f" ({incident.subject})" if incident.subject else ""
        times = counted(incident.count, "time")
        yield (
            f"Incident: {incident.get_kind_display()}{about}, {times} since "
            f"{clock(incident.first_at)}, last at {clock(incident.last_at)}."
        )
