"""When to try again, and when to stop waiting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta


def pause(tries: int, pauses: Sequence[timedelta]) -> timedelta | None:
    """The pause after the ``tries``-th try (from 1), or None where it was the last."""
    return pauses[tries - 1] if tries <= len(pauses) else None


def patience(
    *,
    handed_over_at: datetime,
    unclear_since: datetime | None,
    confirms: bool,
    unclear_after: timedelta,
    silence_after: timedelta,
    bounce_window: timedelta,
) -> datetime:
    """Until when silence about a mail that left us is borne; then the sweep writes a verdict.

    ``unclear_since`` is when the first unclear bounce was heard, where that is all there is.
    ``confirms`` says whether its mailer reports deliveries; where it does not, only the time in
    which a bounce may come counts.
    """
    if unclear_since is not None:
        return unclear_since + unclear_after
    return handed_over_at + (silence_after if confirms else bounce_window)
