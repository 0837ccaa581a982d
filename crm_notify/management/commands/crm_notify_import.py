"""Import a window that was lost: from files, or from a provider's own log."""

from __future__ import annotations

import shlex
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count, Q, Sum
from django.utils import timezone

from crm_notify.channels.archives import bodies, mails
from crm_notify.channels.logs import ELSEWHERE, LOGS
from crm_notify.channels.logs.access import account_of
from crm_notify.channels.webhooks import NAMES
from crm_notify.exceptions import CrmNotifyError
from crm_notify.management.asking import add_window, aware
from crm_notify.management.progress import bar
from crm_notify.management.saying import clock, counted, news, typed
from crm_notify.models import Receipt
from crm_notify.rules.news import Posted
from crm_notify.steps.interpret import interpret
from crm_notify.steps.recover import Recovered, recover

#: How many posts are stored at once.
BATCH = 100


@dataclass(frozen=True, kw_only=True)
class Window:
    """Which part of which log is read; one without an end is until now."""

    provider: str
    tenant: str
    since: datetime
    until: datetime | None

    def command(self, reached: datetime) -> str:
        """What imports the rest of it."""
        whose = f" --tenant {shlex.quote(self.tenant)}" if self.tenant else ""
        since = typed(reached.replace(microsecond=0))
        end = f" --until {typed(self.until)}" if self.until else ""
        return f"python manage.py crm_notify_import log {self.provider}{whose} --since {since}{end}"


class Command(BaseCommand):
    """Everything becomes receipts, each once, and is read like any other; repeat it at will."""

    help = "Imports mails, webhook bodies or a provider's log; what is known is not counted twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = parser.add_subparsers(dest="kind", required=True, metavar="{mails,bodies,log}")
        of_mails = kinds.add_parser("mails", help="bounce mail: files, an mbox or a Maildir")
        of_mails.add_argument("path", type=Path, help="a file or a folder")
        of_bodies = kinds.add_parser("bodies", help="bodies of webhooks, one a file or a line")
        of_bodies.add_argument("path", type=Path, help="a file or a folder")
        named = sorted({name for name, _ in NAMES})
        of_bodies.add_argument(
            "--provider",
            required=True,
            choices=named,
            metavar="NAME",
            help=f"who posted them: {', '.join(named)}",
        )
        of_bodies.add_argument("--via", default="tracking", choices=("tracking", "inbound"))
        of_log = kinds.add_parser("log", help="what the provider itself remembers")
        of_log.add_argument(
            "provider",
            choices=sorted({*LOGS, *ELSEWHERE}),
            metavar="provider",
            help=f"{', '.join(sorted(LOGS))}; of the others it says where the window can be had",
        )
        of_log.add_argument(
            "--tenant", default="", help="whose account, where it is not the installation's"
        )
        add_window(of_log, required=True)

    def handle(self, *args: Any, kind: str, **options: Any) -> None:
        later = ""
        if kind == "log":
            window = Window(
                provider=options["provider"],
                tenant=options["tenant"],
                since=aware(options["since"]),
                until=aware(options["until"]) if options["until"] else None,
            )
            recovered, later = self._from_log(window)
        else:
            recovered = self._from_files(kind, options)
        posts = counted(len(recovered.receipts), "post")
        self.stdout.write(f"{posts} taken in; here already: {recovered.known}.")
        interpret()
        self.stdout.write(_became(recovered.receipts))
        if later:
            self.stdout.write(later)

    def _from_files(self, kind: str, options: dict[str, Any]) -> Recovered:
        path = options["path"]
        found: Iterator[Posted | None]
        if kind == "mails":
            found = mails(path)
        else:
            found = iter(bodies(path, provider=options["provider"], via=options["via"]))
        foreign = 0
        recovered = Recovered()
        try:
            while batch := list(islice(found, BATCH)):
                ours = [posted for posted in batch if posted is not None]
                foreign += len(batch) - len(ours)
                recovered = _and(recovered, ours)
        except (CrmNotifyError, OSError) as error:
            raise CommandError(str(error)) from error
        if foreign:
            left = counted(foreign, "mail about nothing of ours", "mails about nothing of ours")
            self.stdout.write(f"Left where it is: {left}.")
        return recovered

    def _from_log(self, window: Window) -> tuple[Recovered, str]:
        """What was taken in, and what to type later where the log is not complete yet."""
        provider, since = window.provider, window.since
        if provider not in LOGS:
            raise CommandError(f"There is no import from this log. {ELSEWHERE[provider]}")
        end = window.until or aware(timezone.now())
        recovered, reached = Recovered(), since
        seconds = max(1, round((end - since).total_seconds()))
        try:
            with (
                account_of(window.tenant, provider=provider),
                bar(self.stderr, length=seconds, label=f"Reading the log of {provider}") as step,
            ):
                for page in LOGS[provider].pages(since, end):
                    recovered = _and(recovered, page.posts)
                    step(round((page.reached - reached).total_seconds()))
                    reached = page.reached
        except CrmNotifyError as error:
            self.stdout.write(f"Before that: {counted(len(recovered.receipts), 'post')} taken in.")
            raise CommandError(f"{error}\nGo on with: {window.command(reached)}") from error
        if reached >= end:
            return recovered, ""
        return recovered, (
            f"The log of {provider} may still lack what happened after {clock(reached)}. "
            f"Later, run:\n{window.command(reached)}"
        )


def _and(before: Recovered, posts: Iterable[Posted]) -> Recovered:
    more = recover(posts)
    return Recovered(receipts=before.receipts + more.receipts, known=before.known + more.known)


def _became(receipts: list[int]) -> str:
    """What came of these receipts, in words."""
    total: dict[str, int] = {}
    for start in range(0, len(receipts), 500):
        sums = Receipt.objects.filter(pk__in=receipts[start : start + 500]).aggregate(
            new=Sum("new", default=0),
            repeated=Sum("repeated", default=0),
            parked=Sum("parked", default=0),
            failed=Count("pk", filter=Q(state=Receipt.State.FAILED)),
            waiting=Count("pk", filter=Q(state=Receipt.State.NEW)),
        )
        total = {name: total.get(name, 0) + number for name, number in sums.items()}
    if not total:
        return "Nothing is new."
    failed, waiting = total.pop("failed"), total.pop("waiting")
    said = f"{news(**total)}; {counted(failed, 'post')} could not be read."
    if waiting:
        said += f" Still to be read: {counted(waiting, 'post')}; is the intake open?"
    return said
