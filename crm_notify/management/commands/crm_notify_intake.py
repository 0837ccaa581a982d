"""The switch of the intake, for whoever has a shell."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crm_notify import api
from crm_notify.exceptions import RefusedInput
from crm_notify.management.asking import whoever_types
from crm_notify.models import Receipt


class Command(BaseCommand):
    """Hold, close or open the intake; without a word, say how it stands."""

    help = "Holds, closes or opens what comes in: webhooks and bounce mail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "state",
            nargs="?",
            choices=("hold", "close", "open"),
            help="hold: store, do not read. close: send away, to come again. open: read.",
        )
        parser.add_argument("--reason", default="", help="why; needed to hold and to close")

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
        row = api.installation()
        self.stdout.write(f"The intake is {row.get_intake_display()}.")
        if row.intake_reason:
            self.stdout.write(f"By {row.intake_changed_by}: {row.intake_reason}")
        waiting = Receipt.objects.filter(state=Receipt.State.NEW).count()
        self.stdout.write(f"{waiting} receipts wait to be read.")
