"""One mail to the Return-Path, from a mail server's pipe."""

from __future__ import annotations

import logging
import os
import sys
from argparse import ArgumentParser
from typing import Any, BinaryIO, NoReturn

from django.core.management.base import BaseCommand, CommandError

from crm_notify.conf import get_settings
from crm_notify.management.return_path import is_closed, is_ours, keep
from crm_notify.scope import scope

logger = logging.getLogger(__name__)

# The exit codes of sysexits.h, by which a mail server knows what became of the mail.
EX_USAGE = 64
EX_NOUSER = 67
EX_TEMPFAIL = 75

#: What argparse exits with where it does not understand the command line.
_ARGPARSE_USAGE = 2
_CHUNK = 64 * 1024


class Command(BaseCommand):
    """Store the mail on standard input, and exit with a code that a mail server understands.

    0 once it is stored. 67 where the recipient is no address of ours. 64 where the command is
    called wrongly. 75 for everything else (the database is down, the intake is closed, a setting
    is wrong): the mail server keeps the mail and comes again. What is printed goes back to the
    mail's sender, so it says nothing about us.
    """

    help = "Stores one mail to the Return-Path from standard input, for a mail server's pipe."
    # A mail server waits for us; and what a check finds wrong elsewhere must cost no mail.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--recipient",
            default=os.environ.get("ORIGINAL_RECIPIENT") or os.environ.get("RECIPIENT", ""),
            help="the envelope recipient (default: $ORIGINAL_RECIPIENT, else $RECIPIENT)",
        )
        parser.add_argument(
            "--sender",
            default=os.environ.get("SENDER", ""),
            help="the envelope sender (default: $SENDER); MAILER-DAEMON and <> mean none",
        )

    def run_from_argv(self, argv: list[str]) -> None:
        try:
            super().run_from_argv(argv)
        except SystemExit as end:
            sys.exit(EX_USAGE if end.code == _ARGPARSE_USAGE else end.code)

    def handle(
        self, *args: Any, recipient: str, sender: str, verbosity: int, **options: Any
    ) -> None:
        if not recipient.strip():
            raise CommandError("Give the envelope recipient: --recipient.", returncode=EX_USAGE)
        try:
            self._take(recipient, sender)
        except CommandError:
            raise
        except Exception as error:  # whatever it is, the mail is to be kept
            # Loggers often write where we print, and an error may name our database.
            logger.error(
                "crm_notify_receive could not store a mail: %s (--verbosity 2 says more)",
                type(error).__name__,
                exc_info=verbosity > 1,
            )
            _come_again()

    def _take(self, recipient: str, sender: str) -> None:
        if not is_ours(recipient):
            raise CommandError("No such address.", returncode=EX_NOUSER)
        with scope(None):
            self._store(recipient, sender)

    def _store(self, recipient: str, sender: str) -> None:
        if is_closed():
            _come_again()
        raw = _read(sys.stdin.buffer, limit=get_settings().INBOUND_LIMIT)
        if not raw.strip():
            # Something between the mail server and us loses mails: they are safe where they are.
            logger.error("crm_notify_receive was given an empty mail")
            _come_again()
        keep(raw, recipient=recipient, sender=sender)


def _come_again() -> NoReturn:
    raise CommandError("It cannot be stored now. Come again.", returncode=EX_TEMPFAIL)


def _read(stream: BinaryIO, *, limit: int) -> bytes:
    """The mail, or the beginning of one beyond the limit: that is where a notice says it all."""
    raw = stream.read(limit)
    if stream.read(1):
        logger.warning("A mail beyond INBOUND_LIMIT was cut after %d octets", limit)
        # To its end: a mail server takes a pipe that breaks for a failure.
        while stream.read(_CHUNK):
            pass
    return raw
