"""What the commands ask for in the same words: points in time, and who is asking."""

from __future__ import annotations

import getpass
from argparse import ArgumentParser, ArgumentTypeError
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_datetime, parse_duration

_FORMS = '"2026-11-20 18:00" in the time zone of the settings, or an age such as "36:00:00"'


def moment(text: str) -> datetime:
    """A point in time, from a date and time or from an age; raise ArgumentTypeError else."""
    try:
        given = parse_datetime(text)
        age = None if given else parse_duration(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is no point in time: {error}.") from error
    if given is not None:
        return _as_kept(given)
    if age is None or age < timedelta(0):
        raise ArgumentTypeError(f"{text!r} is no point in time. Type {_FORMS}.")
    return timezone.now() - age


def _as_kept(given: datetime) -> datetime:
    """With a zone or without, as this host keeps times."""
    if timezone.is_aware(given) == settings.USE_TZ:
        return given
    return timezone.make_aware(given) if settings.USE_TZ else timezone.make_naive(given)


def aware(moment: datetime) -> datetime:
    """The same moment with its zone, for those outside."""
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def add_window(parser: ArgumentParser, *, required: bool = False) -> None:
    """``--since`` and ``--until``."""
    parser.add_argument("--since", type=moment, required=required, help=f"from then on: {_FORMS}")
    parser.add_argument("--until", type=moment, help="until before then (default: now)")


def whoever_types() -> str:
    """The name of the account in which a command runs, for the record."""
    try:
        return f"{getpass.getuser()} (command line)"
    except (OSError, KeyError):  # an account without a name, as in some containers
        return "command line"
