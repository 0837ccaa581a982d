"""Read again what came in within a window; --dry-run only counts."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand

from crm_notify.management.asking import add_window
from crm_notify.management.progress import bar
from crm_notify.management.saying import counted, news
from crm_notify.models import Receipt
from crm_notify.rules.providers import PROVIDERS
from crm_notify.scope import over_all_tenants
from crm_notify.steps.replay import STATES, Window, rehearse, replay


class Command(BaseCommand):
    """Any number of times: what is known already changes nothing."""

    help = "Reads receipts again, each news once, and says how many were new, repeated, parked."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_window(parser)
        parser.add_argument(
            "--provider",
            default="",
            choices=sorted(PROVIDERS),
            metavar="NAME",
            help="only what came from this one, such as sparkpost",
        )
        parser.add_argument(
            "--state",
            choices=[state.value for state in STATES],
            help="only what is in this state; failed: could not be read",
        )
        parser.add_argument("--dry-run", action="store_true", help="count only, write nothing")

    @over_all_tenants
    def handle(
        self,
        *args: Any,
        since: datetime | None,
        until: datetime | None,
        provider: str,
        state: str | None,
        dry_run: bool,
        **options: Any,
    ) -> None:
        window = Window(
            since=since,
            until=until,
            provider=provider,
            state=Receipt.State(state) if state else None,
        )
        count = window.receipts().count()
        receipts = new = repeated = parked = unread = 0
        with bar(self.stderr, length=count, label="Counting" if dry_run else "Reading") as step:
            for one in rehearse(window) if dry_run else replay(window):
                receipts += 1
                new += one.noted.new
                repeated += one.noted.repeated
                parked += one.noted.parked
                if one.error:
                    unread += 1
                    self.stderr.write(f"Receipt {one.receipt}: {one.error}")
                step(1)
        self.stdout.write(
            f"{counted(receipts, 'receipt')}: {news(new=new, parked=parked, repeated=repeated)}; "
            f"{counted(unread, 'receipt')} could not be read."
        )
        if dry_run:
            self.stdout.write("Nothing was written.")
        elif count > receipts:
            left = counted(count - receipts, "receipt")
            self.stdout.write(f"Left to the worker, which reads while the intake is open: {left}.")
