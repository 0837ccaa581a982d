"""The times that were promised, written out once more: the defaults of the settings."""

from __future__ import annotations

from datetime import timedelta

LONGEST_PAUSE = SILENCE = timedelta(hours=24)
LEASE = timedelta(seconds=60)
UNCLEAR_FOR = timedelta(minutes=15)
UNKNOWN_FOR = timedelta(minutes=10)
BOUNCE_WINDOW = timedelta(days=5)
PROVEN_FOR = timedelta(days=30)
MORE_TIME = timedelta(days=1)
#: How long a short message may be silent.
SHORT_SILENCE = timedelta(hours=1)
#: An acknowledgement, and a warning that is put off, hold no longer; then all are asked anew.
AGAIN_AFTER = timedelta(days=1)
#: The admins' rung, and what four hours of business are at the most: a weekend lies between.
ADMINS_AFTER = timedelta(hours=4)
IN_BUSINESS = timedelta(days=3)
#: Of the two mailers that are played, which confirms deliveries.
CONFIRMS = {"sparkpost": True, "smtp": False}
MAIL = "email"
